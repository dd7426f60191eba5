// How often a classifier's first choice is the wanted class, over all samples and for each class.
import { assert } from '../lib/errors.ts';

export interface ClassAccuracy {
  /** Share of all samples; NaN without samples. */
  readonly overall: number;
  /** Share of each class's own samples; NaN for a class without samples. */
  readonly byClass: Float64Array;
}

/** @param logits [labels.length, classes], row-major; on a tie the lower class counts as the choice. */
export function classAccuracy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): ClassAccuracy {
  assert(
    logits.length === labels.length * classes,
    () =>
      `${labels.length} labels of ${classes} classes need ${labels.length * classes} logits, got ${logits.length}`,
  );
  const right = new Float64Array(classes);
  const seen = new Float64Array(classes);
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample] ?? -1;
    assert(
      label >= 0 && label < classes,
      () => `label ${label} of sample ${sample} is no class below ${classes}`,
    );
    seen[label] = (seen[label] ?? 0) + 1;
    if (firstChoice(logits, sample * classes, classes) === label) right[label] = (right[label] ?? 0) + 1;
  }
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  return {
    overall: sum(right) / sum(seen),
    byClass: right.map((count, label) => count / (seen[label] ?? 0)),
  };
}

function firstChoice(logits: ArrayLike<number>, at: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if ((logits[at + c] ?? Number.NaN) > (logits[at + best] ?? Number.NaN)) best = c;
  }
  return best;
}
