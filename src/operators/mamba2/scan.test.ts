// The chunked scan against the recurrence that defines it (golden README, «Mamba-2»), across chunk borders.
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../cli/golden-data/goldenCase.ts';
import { evaluate } from '../../graph/evaluate.ts';
import { constant, graphOf, input, type Node } from '../../graph/index.ts';
import { gradientError, values } from '../../graph/testing.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { SlotSite } from '../operator.ts';
import { mamba2 } from './mamba2.ts';

const config = { state: 3, expand: 2, headWidth: 4, taps: 3 };
const [width, inner, heads, taps] = [4, 8, 2, 3];

function siteOf(tokens: number): SlotSite {
  return { kind: 'sequence', width, tokens, grid: [1, tokens], heads: 1, mlpRatio: 4 };
}

function feedsFor(tokens: number): Record<string, Tensor> {
  const parameters = mamba2.parameters(config, siteOf(tokens));
  return {
    x: values([2, tokens, width], 3),
    ...Object.fromEntries(parameters.map(({ name, shape }, i) => [name, values(shape, 11 + i)])),
  };
}

function apply(tokens: number, nodes: Readonly<Record<string, Node>>): Node {
  return mamba2.apply(known(nodes.x, 'x'), (name) => known(nodes[name], name), config, siteOf(tokens));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Token by token, in float64, straight from the definition; one sample. */
function recurrence(tokens: number, feeds: Readonly<Record<string, Tensor>>, sample: number): number[] {
  const at = (name: string, index: number) => Number(known(feeds[name], name).data[index]);
  const { state, headWidth } = config;
  const rows = 2 * inner + 2 * state + heads;
  const u = Array.from({ length: tokens }, (_, t) =>
    Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let d = 0; d < width; d++) {
        sum += at('in_proj.weight', row * width + d) * at('x', (sample * tokens + t) * width + d);
      }
      return sum;
    }),
  );
  const filtered = (t: number, channel: number) => {
    let sum = at('conv1d.bias', channel);
    for (let j = 0; j < taps; j++) {
      sum += at('conv1d.weight', channel * taps + j) * Number(u[t - taps + 1 + j]?.[inner + channel] ?? 0);
    }
    return sum * sigmoid(sum);
  };
  const memory = new Float64Array(inner * state);
  return u.flatMap((row, t) => {
    const y = Array.from({ length: inner }, (_, e) => {
      const head = Math.floor(e / headWidth);
      const raw = Number(row[2 * inner + 2 * state + head]) + at('dt_bias', head);
      const dt = Math.log1p(Math.exp(raw));
      const decay = Math.exp(-Math.exp(at('A_log', head)) * dt);
      const x = filtered(t, e);
      let sum = at('D', head) * x;
      for (let s = 0; s < state; s++) {
        const place = e * state + s;
        memory[place] = decay * Number(memory[place]) + dt * x * filtered(t, inner + s);
        sum += Number(memory[place]) * filtered(t, inner + state + s);
      }
      const z = Number(row[e]);
      return sum * z * sigmoid(z);
    });
    const rms = Math.sqrt(y.reduce((sum, value) => sum + value ** 2, 0) / inner + 1e-5);
    return Array.from({ length: width }, (_, d) =>
      y.reduce((sum, value, e) => {
        return sum + at('out_proj.weight', d * inner + e) * (value / rms) * at('norm.weight', e);
      }, 0),
    );
  });
}

describe('the chunked scan', () => {
  it.each([7, 64, 65, 150])('is the recurrence for %i tokens', (tokens) => {
    const feeds = feedsFor(tokens);
    const nodes = Object.fromEntries(
      Object.entries(feeds).map(([name, feed]) => [name, input(name, feed.shape)]),
    );
    const { y } = evaluate(graphOf({ y: apply(tokens, nodes) }), feeds, 'f64');
    const wanted = [0, 1].flatMap((sample) => recurrence(tokens, feeds, sample));
    expect(largestDifference(known(y, 'y').data, wanted)).toBeLessThan(1e-11);
  });

  it('has the gradients of finite differences across a chunk border', () => {
    const { A_log, dt_bias, 'conv1d.weight': filter, ...rest } = feedsFor(66);
    const fixed = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, constant(value)]));
    const varied = {
      A_log: known(A_log, 'A_log'),
      dt_bias: known(dt_bias, 'dt_bias'),
      filter: known(filter, 'filter'),
    };
    const error = gradientError(varied, (nodes) =>
      apply(66, { ...fixed, ...nodes, 'conv1d.weight': known(nodes.filter, 'filter') }),
    );
    expect(error).toBeLessThan(2e-6);
  });
});
