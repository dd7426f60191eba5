// All operators: gradients in float64, words and ranges, what is inherited, and the identities between them.
import { describe, expect, it } from 'vitest';
import { evaluate } from '../graph/evaluate.ts';
import { constant, graphOf, input, type Node } from '../graph/index.ts';
import { gradientError, values } from '../graph/testing.ts';
import { known } from '../lib/errors.ts';
import type { Tensor } from '../lib/tensor.ts';
import type { OperatorConfig } from '../plan/plan.ts';
import { windowAttention } from './attention.ts';
import { operatorById, operators } from './index.ts';
import { randomWeights } from './initialise.ts';
import type { Operator, SlotSite, Weights } from './operator.ts';

const site = (kind: SlotSite['kind'], tokens = 9, width = 8): SlotSite => {
  const edge = Math.sqrt(tokens);
  return { kind, width, tokens, grid: [edge, edge], heads: 2, mlpRatio: 4 };
};

const small: Readonly<Record<string, OperatorConfig>> = {
  mha: {},
  swa: { window: 2, shape: 'raster' },
  hyena_se: { taps: 3 },
  hyena_x: { taps: 3 },
  hyena_y: { taps: 3 },
  mamba2: { state: 3, expand: 1, headWidth: 4, taps: 2 },
  mlp: { ratio: 1.5 },
  mlp_hyena_x: { ratio: 0.5, taps: 3 },
};

/** Weights away from zero, so that every path carries a gradient. */
function weightsOf(operator: Operator, config: OperatorConfig, place: SlotSite): Record<string, Tensor> {
  const specs = operator.parameters(config, place);
  return Object.fromEntries(specs.map(({ name, shape }, i) => [name, values(shape, i + 5)]));
}

function run(
  operator: Operator,
  weights: Weights,
  config: OperatorConfig,
  place: SlotSite,
  x: Tensor,
): number[] {
  const y = operator.apply(
    input('x', x.shape),
    (name) => constant(known(weights[name], name)),
    config,
    place,
  );
  return Array.from(known(evaluate(graphOf({ y }), { x }, 'f64').y, 'y').data);
}

function largest(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));
}

describe('every operator', () => {
  for (const operator of operators) {
    const place = site(operator.kind);
    const config = known(small[operator.id], operator.id);

    it(`${operator.id}: gradients agree with central differences`, () => {
      const feeds = { x: values([2, 9, 8], 3), ...weightsOf(operator, config, place) };
      const build = (n: Record<string, Node>) =>
        operator.apply(known(n.x, 'x'), (name) => known(n[name], name), config, place);
      expect(gradientError(feeds, build)).toBeLessThan(1e-7);
    });

    it(`${operator.id}: says which tokens its output depends on`, () => {
      const weights = weightsOf(operator, config, place);
      const x = values([1, 9, 8], 3);
      const before = run(operator, weights, config, place, x);
      for (let key = 0; key < 9; key++) {
        const data = x.data.slice();
        for (let d = 0; d < 8; d++) data[key * 8 + d] = (data[key * 8 + d] ?? 0) + 0.5 + d / 8;
        const after = run(operator, weights, config, place, { ...x, data });
        for (let query = 0; query < 9; query++) {
          const moved = largest(
            after.slice(query * 8, query * 8 + 8),
            before.slice(query * 8, query * 8 + 8),
          );
          const sees = operator.sees?.(config, place)(query, key) ?? query === key;
          expect(moved > 1e-12, `${query} reads ${key}`).toBe(sees);
        }
      }
    });

    it(`${operator.id}: is described, has defaults that fit and an output layer that exists`, () => {
      expect(operator.promise.length).toBeLessThan(40);
      expect(operator.card.length).toBeGreaterThan(80);
      for (const tokens of [4, 64, 256]) {
        const at = site(operator.kind, tokens, 32);
        const defaults = operator.defaults(at);
        expect(operator.problem(defaults, at)).toBeUndefined();
        const names = operator.parameters(defaults, at).map(({ name }) => name);
        expect(names).toContain(`${operator.outputLayer}.weight`);
      }
    });

    it(`${operator.id}: refuses each field out of its range with a sentence`, () => {
      for (const field of operator.fields) {
        const wrong = { ...operator.defaults(place), [field.name]: field.kind === 'number' ? -1 : 'nowhere' };
        expect(operator.problem(wrong, place)).toMatch(/ is (-1|"nowhere"); choose .+\.$/);
      }
    });

    it(`${operator.id}: equal seeds give equal weights, others do not`, () => {
      const specs = operator.parameters(config, place);
      const name = known(specs[0], 'first parameter').name;
      const drawn = (seed: number, path: string) => known(randomWeights(specs, seed, path)[name], name).data;
      expect(drawn(1, 'blocks.0.attn')).toEqual(drawn(1, 'blocks.0.attn'));
      expect(drawn(1, 'blocks.0.attn')).not.toEqual(drawn(1, 'blocks.1.attn'));
    });
  }

  it('is found by its id, and a wrong id is answered with the right ones', () => {
    expect(operatorById('swa').label).toBe('Sliding window attention');
    expect(() => operatorById('sla')).toThrow(
      'There is no operator "sla"; Scion knows swa, hyena_se, hyena_x, hyena_y, mamba2, mha, mlp, mlp_hyena_x.',
    );
  });
});

describe('sliding window', () => {
  const place = site('sequence', 16, 8);
  const mha = operatorById('mha');
  const swa = operatorById('swa');
  const teacher = weightsOf(mha, {}, place);
  const x = values([2, 16, 8], 9);

  it('inherits the teacher exactly: a window over everything is full attention', () => {
    for (const config of [
      { window: 15, shape: 'raster' },
      { window: 3, shape: 'grid' },
    ]) {
      const inherited = known(swa.inherit?.({ weights: teacher }, config, place), 'weights');
      expect(largest(run(swa, inherited, config, place, x), run(mha, teacher, {}, place, x))).toBeLessThan(
        1e-12,
      );
    }
  });

  it('on the grid sees other tokens than along the raster', () => {
    const inherited = known(swa.inherit?.({ weights: teacher }, {}, place), 'weights');
    const raster = run(swa, inherited, { window: 1, shape: 'raster' }, place, x);
    const grid = run(swa, inherited, { window: 1, shape: 'grid' }, place, x);
    expect(largest(raster, grid)).toBeGreaterThan(1e-3);
  });

  it('names the largest useful window', () => {
    expect(swa.problem({ window: 17, shape: 'raster' }, place)).toBe(
      'Window 17 is larger than the 4×4 grid. Largest useful window: 15.',
    );
    expect(swa.problem({ window: 4, shape: 'grid' }, place)).toBe(
      'Window 4 is larger than the 4×4 grid. Largest useful window: 3.',
    );
  });

  it('cut in blocks for long sequences, equals the masked product', () => {
    const n = 150; // not a multiple of the block
    const window = 5;
    const heads = { q: input('q', [1, 2, n, 4]), k: input('k', [1, 2, n, 4]), v: input('v', [1, 2, n, 4]) };
    const sees = (i: number, j: number) => Math.abs(i - j) <= window;
    const feeds = { q: values([1, 2, n, 4], 1), k: values([1, 2, n, 4], 2), v: values([1, 2, n, 4], 3) };
    const value = (reach: number) => {
      const graph = graphOf({ y: windowAttention(heads, { sees, reach }) });
      return Array.from(known(evaluate(graph, feeds, 'f64').y, 'y').data);
    };
    // A reach of the whole sequence forces the masked form.
    expect(largest(value(window), value(n))).toBeLessThan(1e-12);
  });
});

describe('Mamba-2', () => {
  it('over several chunks equals the recurrence, token by token', () => {
    const [tokens, width, state] = [144, 4, 3];
    const place: SlotSite = { kind: 'sequence', width, tokens, grid: [12, 12], heads: 2, mlpRatio: 4 };
    const config = { state, expand: 1, headWidth: 2, taps: 2 };
    const mamba = operatorById('mamba2');
    const w = weightsOf(mamba, config, place);
    const x = values([1, tokens, width], 4);
    expect(
      largest(run(mamba, w, config, place, x), recurrence(w, x.data, tokens, width, state)),
    ).toBeLessThan(1e-10);
  });
});

/** Mamba-2 of one group, head width 2, two taps, expand 1, as the recurrence of spec §2.1. */
function recurrence(w: Weights, x: ArrayLike<number>, n: number, d: number, s: number): number[] {
  const at = (name: string, i: number) => known(w[name], name).data[i] ?? Number.NaN;
  const heads = d / 2;
  const silu = (v: number) => v / (1 + Math.exp(-v));
  const channels = d + 2 * s;
  const h = Array.from({ length: d * s }, () => 0);
  const out: number[] = [];
  const projected = (t: number, row: number) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += at('in_proj.weight', row * d + i) * (x[t * d + i] ?? 0);
    return sum;
  };
  for (let t = 0; t < n; t++) {
    const xbc = Array.from({ length: channels }, (_, c) => {
      const before = t > 0 ? projected(t - 1, d + c) : 0;
      const now = projected(t, d + c);
      return silu(
        at('conv1d.bias', c) + at('conv1d.weight', 2 * c) * before + at('conv1d.weight', 2 * c + 1) * now,
      );
    });
    const y = Array.from({ length: d }, (_, c) => {
      const head = Math.floor(c / 2);
      const raw = projected(t, 2 * d + 2 * s + head) + at('dt_bias', head);
      const dt = Math.log1p(Math.exp(raw));
      const a = Math.exp(-Math.exp(at('A_log', head)) * dt);
      let sum = 0;
      for (let k = 0; k < s; k++) {
        h[c * s + k] = a * (h[c * s + k] ?? 0) + dt * (xbc[c] ?? 0) * (xbc[d + k] ?? 0);
        sum += (h[c * s + k] ?? 0) * (xbc[d + s + k] ?? 0);
      }
      return (sum + at('D', head) * (xbc[c] ?? 0)) * silu(projected(t, c));
    });
    const rms = Math.sqrt(y.reduce((sum, v) => sum + v * v, 0) / d + 1e-5);
    const normed = y.map((v, c) => (v / rms) * at('norm.weight', c));
    for (let o = 0; o < d; o++) {
      out.push(normed.reduce((sum, v, c) => sum + v * at('out_proj.weight', o * d + c), 0));
    }
  }
  expect(heads).toBe(2);
  return out;
}

describe('MLP of another width', () => {
  const place = site('channel', 4, 8);
  const mlp = operatorById('mlp');
  const teacher = weightsOf(mlp, { ratio: 4 }, place);
  const x = values([2, 4, 8], 6);
  const before = run(mlp, teacher, { ratio: 4 }, place, x);
  const inherited = (ratio: number, hiddenActivity?: Float64Array) =>
    known(
      mlp.inherit?.(
        hiddenActivity ? { weights: teacher, hiddenActivity } : { weights: teacher },
        { ratio },
        place,
      ),
      'weights',
    );

  it('wider splits units and computes exactly what the teacher does', () => {
    for (const ratio of [4, 6, 9]) {
      expect(largest(run(mlp, inherited(ratio), { ratio }, place, x), before)).toBeLessThan(1e-6);
    }
  });

  it('narrower keeps the most active units: those that are silent may go', () => {
    const silent = { ...teacher };
    const second = Float64Array.from(known(teacher['fc2.weight'], 'fc2').data, (v, i) =>
      i % 32 < 8 ? 0 : v,
    );
    silent['fc2.weight'] = { ...known(teacher['fc2.weight'], 'fc2'), data: second };
    const kept = known(mlp.inherit?.({ weights: silent }, { ratio: 3 }, place), 'weights');
    const want = run(mlp, silent, { ratio: 4 }, place, x);
    expect(largest(run(mlp, kept, { ratio: 3 }, place, x), want)).toBeLessThan(1e-6);
  });

  it('ranks units by activity times outgoing weight', () => {
    const activity = Float64Array.from({ length: 32 }, (_, unit) => (unit === 31 ? 100 : 0.001));
    const kept = inherited(0.25, activity);
    const first = known(teacher['fc1.weight'], 'fc1').data;
    expect(known(kept['fc1.weight'], 'fc1').data[0]).toBeCloseTo(first[31 * 8] ?? Number.NaN, 6);
  });
});

describe('Hyena', () => {
  it('is causal along the raster: a later token changes nothing before it', () => {
    const place = site('sequence', 9, 8);
    for (const id of ['hyena_se', 'hyena_x', 'hyena_y']) {
      const operator = operatorById(id);
      const weights = weightsOf(operator, { taps: 3 }, place);
      const x = values([1, 9, 8], 2);
      const changed = { ...x, data: Float64Array.from(x.data, (v, i) => (i >= 5 * 8 ? v + 1 : v)) };
      const [a, b] = [
        run(operator, weights, { taps: 3 }, place, x),
        run(operator, weights, { taps: 3 }, place, changed),
      ];
      expect(largest(a.slice(0, 40), b.slice(0, 40))).toBe(0);
      expect(largest(a.slice(40), b.slice(40))).toBeGreaterThan(1e-3);
    }
  });

  it('inherits the projections with filters that pass their input through', () => {
    const place = site('sequence', 9, 8);
    const teacher = weightsOf(operatorById('mha'), {}, place);
    const x = operatorById('hyena_x');
    const y = operatorById('hyena_y');
    const run9 = (operator: Operator) =>
      run(
        operator,
        known(operator.inherit?.({ weights: teacher }, { taps: 3 }, place), 'w'),
        { taps: 3 },
        place,
        values([1, 9, 8]),
      );
    // With identity filters all variants are the same product of projections.
    expect(largest(run9(x), run9(y))).toBeLessThan(1e-12);
  });
});
