// An MLP at another hidden width that starts from the teacher's: the most active units are kept, or split.
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { Teacher, Weights } from '../operator.ts';

/**
 * Narrower: the units that contribute most are kept. Wider: units are repeated, the most active first, and each copy
 * takes its share of the outgoing weight, so that the function is the teacher's exactly.
 */
export function resizeHidden(teacher: Teacher, hidden: number): Weights | undefined {
  const { 'fc1.weight': w1, 'fc1.bias': b1, 'fc2.weight': w2, 'fc2.bias': b2 } = teacher.weights;
  if (!w1 || !b1 || !w2 || !b2) return undefined;
  const [own, width] = [w1.shape[0] ?? 0, w1.shape[1] ?? 0];
  const order = byContribution(teacher, w2, own);
  const chosen = Array.from({ length: hidden }, (_, i) => known(order[i % own], 'hidden unit'));
  const copies = new Map<number, number>();
  for (const unit of chosen) copies.set(unit, (copies.get(unit) ?? 0) + 1);
  const first = new Float32Array(hidden * width);
  const bias = new Float32Array(hidden);
  const second = new Float32Array(width * hidden);
  chosen.forEach((unit, i) => {
    first.set(w1.data.subarray(unit * width, (unit + 1) * width), i * width);
    bias[i] = b1.data[unit] ?? 0;
    const share = 1 / known(copies.get(unit), 'copies');
    for (let d = 0; d < width; d++) second[d * hidden + i] = (w2.data[d * own + unit] ?? 0) * share;
  });
  return {
    'fc1.weight': f32([hidden, width], first),
    'fc1.bias': f32([hidden], bias),
    'fc2.weight': f32([width, hidden], second),
    'fc2.bias': b2,
  };
}

/** Units by mean |activation| × norm of the outgoing weight, largest first. */
function byContribution(teacher: Teacher, w2: Tensor, hidden: number): number[] {
  const width = w2.shape[0] ?? 0;
  const score = Array.from({ length: hidden }, (_, unit) => {
    let norm = 0;
    for (let d = 0; d < width; d++) norm += (w2.data[d * hidden + unit] ?? 0) ** 2;
    return Math.sqrt(norm) * (teacher.hiddenActivity?.[unit] ?? 1);
  });
  return score.map((_, unit) => unit).sort((i, j) => (score[j] ?? 0) - (score[i] ?? 0) || i - j);
}
