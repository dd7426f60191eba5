// What stage 2 trains: all weights, the grafted operators only, or low-rank updates of the blocks' linear layers.
import { add, matmul, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import type { Shape, Tensor } from '../../lib/tensor.ts';
import { f32 } from '../../lib/tensor.ts';
import type { Plan } from '../../plan/plan.ts';
import { layoutOf, type ParameterLayout, pack, unpack } from '../parameters.ts';

export interface TrainedPart {
  /** Trained tensors. */
  readonly trained: ParameterLayout;
  /** Tensors that stay; empty when everything is trained. */
  readonly frozen: ParameterLayout;
  /** Start of the trained vector. */
  readonly start: Float32Array;
  /** A model weight by name, from the trained and the frozen tensors. */
  readonly weight: (
    trained: (name: string) => Node,
    frozen: (name: string) => Node,
  ) => (name: string) => Node;
  /** The model's tensors after training. */
  readonly finish: (trained: Float32Array) => Record<string, Tensor>;
}

type Weights = Readonly<Record<string, Tensor>>;

export function trainedPart(
  plan: Pick<Plan, 'slots' | 'stage2' | 'seed'>,
  shapes: readonly (readonly [string, Shape])[],
  weights: Weights,
): TrainedPart {
  const { scope, loraRank } = plan.stage2;
  switch (scope) {
    case 'all':
      return subset(shapes, weights, () => true);
    case 'grafted': {
      const slots = Object.keys(plan.slots);
      return subset(shapes, weights, (name) => slots.some((slot) => name.startsWith(`${slot}.`)));
    }
    case 'lora':
      return lowRank(shapes, weights, loraRank, plan.seed);
    default:
      return scope satisfies never;
  }
}

function subset(
  shapes: readonly (readonly [string, Shape])[],
  weights: Weights,
  isTrained: (name: string) => boolean,
): TrainedPart {
  const trained = layoutOf(shapes.filter(([name]) => isTrained(name)));
  const frozen = layoutOf(shapes.filter(([name]) => !isTrained(name)));
  return {
    trained,
    frozen,
    start: pack(trained, weights),
    weight: (own, kept) => (name) => (isTrained(name) ? own(name) : kept(name)),
    finish: (vector) => ({ ...weights, ...unpack(trained, vector) }),
  };
}

const downName = (name: string) => `${name}.lora_A`;
const upName = (name: string) => `${name}.lora_B`;

/**
 * LoRA (Hu et al., arXiv 2106.09685): W + B·A on every linear layer of the blocks, A [r, in] normal with variance 1/in,
 * B [out, r] zero, scale 1. Everything else stays.
 */
function lowRank(
  shapes: readonly (readonly [string, Shape])[],
  weights: Weights,
  rank: number,
  seed: number,
): TrainedPart {
  const adapted = shapes.filter(([name, shape]) => name.startsWith('blocks.') && shape.length === 2);
  const adaptedNames = new Set(adapted.map(([name]) => name));
  const trained = layoutOf(
    adapted.flatMap(([name, [out, inner]]): [string, Shape][] => [
      [downName(name), [rank, inner ?? 0]],
      [upName(name), [out ?? 0, rank]],
    ]),
  );
  const start: Record<string, Tensor> = {};
  for (const { name, shape, size } of trained.entries) {
    const values = new Float32Array(size);
    if (name.endsWith('.lora_A')) {
      const deviation = 1 / Math.sqrt(shape[1] ?? 1);
      randomStream(seed, 'lora', name).normal(values);
      for (let i = 0; i < size; i++) values[i] = (values[i] ?? 0) * deviation;
    }
    start[name] = f32(shape, values);
  }
  return {
    trained,
    frozen: layoutOf(shapes),
    start: pack(trained, start),
    weight: (own, kept) => (name) =>
      adaptedNames.has(name) ? add(kept(name), matmul(own(upName(name)), own(downName(name)))) : kept(name),
    finish: (vector) => {
      const updates = unpack(trained, vector);
      const merged: Record<string, Tensor> = { ...weights };
      for (const [name] of adapted) {
        const [base, down, up] = [weights[name], updates[downName(name)], updates[upName(name)]];
        merged[name] = withUpdate(known(base, name), known(up, name), known(down, name));
      }
      return merged;
    },
  };
}

/** W + B·A. */
function withUpdate(base: Tensor, up: Tensor, down: Tensor): Tensor {
  const [out, inner, rank] = [base.shape[0] ?? 0, base.shape[1] ?? 0, down.shape[0] ?? 0];
  const merged = Float32Array.from(base.data);
  for (let i = 0; i < out; i++) {
    for (let r = 0; r < rank; r++) {
      const b = up.data[i * rank + r] ?? 0;
      for (let j = 0; j < inner; j++) {
        merged[i * inner + j] = (merged[i * inner + j] ?? 0) + b * (down.data[r * inner + j] ?? 0);
      }
    }
  }
  return f32(base.shape, merged);
}
