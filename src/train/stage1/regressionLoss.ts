// The regression losses of stage 1 (arXiv 2506.05340 §3; spec §3.1), each a mean over all elements.
import {
  abs,
  add,
  less,
  mean,
  minimum,
  mul,
  type Node,
  scalarOf,
  select,
  square,
  sub,
} from '../../graph/index.ts';
import type { Stage1Recipe } from '../../plan/plan.ts';

/** l1: |d|. l2: d². huber: d²/2 where |d| ≤ δ, else δ(|d| − δ/2). */
export function regressionLoss(
  student: Node,
  target: Node,
  recipe: Pick<Stage1Recipe, 'loss' | 'huberDelta'>,
): Node {
  const d = sub(student, target);
  switch (recipe.loss) {
    case 'l1':
      return mean(abs(d));
    case 'l2':
      return mean(square(d));
    case 'huber': {
      const size = abs(d);
      const delta = recipe.huberDelta;
      const linear = mul(add(size, -delta / 2), delta);
      return mean(select(less(scalarOf(delta), size), linear, mul(square(minimum(size, delta)), 0.5)));
    }
    default:
      return recipe.loss satisfies never;
  }
}
