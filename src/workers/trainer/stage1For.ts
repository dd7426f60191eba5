// Stage 1 of another plan's run, used again: both plans would do the same in it, down to the seed.
import { canonicalJson } from '../../lib/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunCheckpoint } from '../../train/graft/checkpoint.ts';

/** The checkpoint that `plan` goes on from, or undefined where its stage 1 would be another one or is not at hand. */
export function stage1For(plan: Plan, found: RunCheckpoint): RunCheckpoint | undefined {
  const part = ({ base, slots, stage1, seed }: Plan) => canonicalJson({ base, slots, stage1, seed });
  if (part(plan) !== part(found.plan)) return undefined;
  // A result keeps what stage 1 left only where stage 2 had begun, and thus stage 1 was over.
  const vectors = found.result ? fromBest(found.stage1.vectors) : found.stage1.vectors;
  if (Object.keys(vectors).length === 0) return undefined;
  const points = found.points.filter(({ series }) => series !== 'stage2');
  return {
    ...found,
    plan,
    stage1: { ...found.stage1, vectors },
    stage2: undefined,
    summary: undefined,
    result: undefined,
    points,
  };
}

/** A slot that is done is never trained again: its moments may be anything. */
function fromBest(vectors: RunCheckpoint['stage1']['vectors']): RunCheckpoint['stage1']['vectors'] {
  return Object.fromEntries(
    Object.entries(vectors).flatMap(([name, best]) => {
      const slot = name.slice(0, -'/best'.length);
      const zeros = () => new Float32Array(best.length);
      return [
        [name, best],
        [`${slot}/parameters`, best],
        [`${slot}/m`, zeros()],
        [`${slot}/v`, zeros()],
      ] as const;
    }),
  );
}
