// Cumulative sum along an axis.
import { known } from '../../lib/errors.ts';
import { sizeOf } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive } from '../primitive.ts';

type CumsumAttrs = { readonly axis: number; readonly reverse: boolean };

const makeCumsum: (inputs: readonly Node[], attrs: CumsumAttrs) => Node = definePrimitive<CumsumAttrs>({
  name: 'cumsum',
  infer: ([x], { axis }) => {
    if (x?.dtype !== 'f32') return 'expected an f32 operand';
    return axis >= 0 && axis < x.shape.length ? { shape: x.shape, dtype: 'f32' } : `it has no axis ${axis}`;
  },
  gradient: ({ attrs, dy }): Node[] => [makeCumsum([dy], { axis: attrs.axis, reverse: !attrs.reverse })],
  kernel: ({ inputs: [x], node, attrs, allocate }) => {
    const y = allocate();
    const n = node.shape[attrs.axis] ?? 1;
    const inner = sizeOf(node.shape.slice(attrs.axis + 1));
    const outer = sizeOf(node.shape.slice(0, attrs.axis));
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < inner; j++) {
        let sum = 0;
        for (let step = 0; step < n; step++) {
          const i = (o * n + (attrs.reverse ? n - 1 - step : step)) * inner + j;
          sum += x?.[i] ?? 0;
          y[i] = sum;
        }
      }
    }
    return y;
  },
  lower: ({ emit, inputs: [x], attrs }) => {
    return emit.node('CumSum', [known(x, 'operand'), emit.int(attrs.axis)], {
      reverse: { int: attrs.reverse ? 1 : 0 },
    });
  },
});

/** y[i] = x[0] + … + x[i] along `axis`; `fromEnd` sums from the other side. */
export function cumsum(x: Node, axis: number, direction: 'fromStart' | 'fromEnd' = 'fromStart'): Node {
  const at = axis < 0 ? axis + x.shape.length : axis;
  return makeCumsum([x], { axis: at, reverse: direction === 'fromEnd' });
}
