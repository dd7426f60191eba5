// Helpers of tests: seeded values, and gradients checked against central differences in double precision.
import { known } from '../lib/errors.ts';
import { type Shape, sizeOf, type Tensor } from '../lib/tensor.ts';
import { gradients } from './autodiff.ts';
import { evaluate } from './evaluate.ts';
import { graphOf, type Node } from './graph.ts';
import { mul } from './primitives/binary.ts';
import { constant, input } from './primitives/leaf.ts';
import { reduceSum } from './primitives/reduce.ts';

/** Deterministic values in (−1, 1) that no formula is accidentally right for. */
export function values(shape: Shape, salt = 1): Tensor {
  let state = (salt * 2_654_435_761) >>> 0;
  const data = Float64Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
  return { dtype: 'f32', shape, data };
}

/**
 * Largest |analytic − numeric| / (1 + |numeric|) over all elements of all f32 feeds, for the scalar Σ build(..)·weights
 * with fixed random weights, by central differences in float64.
 */
export function gradientError(
  feeds: Readonly<Record<string, Tensor>>,
  build: (nodes: Record<string, Node>) => Node,
) {
  const nodes = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, input(name, feed.shape, feed.dtype)]),
  );
  const y = build(nodes);
  const loss = reduceSum(mul(y, constant(values(y.shape, 77))));
  const names = Object.keys(feeds).filter((name) => feeds[name]?.dtype === 'f32');
  const wrt = gradients(
    loss,
    names.map((name) => known(nodes[name], name)),
  );
  const graph = graphOf({ ...Object.fromEntries(names.map((name, i) => [name, known(wrt[i], name)])) });
  const analytic = evaluate(graph, feeds, 'f64');
  const forward = graphOf({ loss });
  const lossAt = (changed: Record<string, Tensor>) =>
    known(evaluate(forward, { ...feeds, ...changed }, 'f64').loss, 'loss').data[0] ?? 0;
  const step = 1e-5;
  let worst = 0;
  for (const name of names) {
    const feed = known(feeds[name], name);
    for (let i = 0; i < feed.data.length; i++) {
      const shifted = (by: number) => {
        const data = Float64Array.from(feed.data);
        data[i] = (data[i] ?? 0) + by;
        return lossAt({ [name]: { ...feed, data } });
      };
      const numeric = (shifted(step) - shifted(-step)) / (2 * step);
      const got = analytic[name]?.data[i] ?? Number.NaN;
      const error = Math.abs(got - numeric) / (1 + Math.abs(numeric));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}
