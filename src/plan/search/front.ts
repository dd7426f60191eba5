// The exact Pareto front of the additive model: one option for each slot, costs and damages summed. This is the
// multiple-choice knapsack for all budgets at once, solved by dynamic programming over partial plans of which only the
// undominated are kept (Nemhauser and Ullmann 1969, for groups of options).
import { known } from '../../lib/errors.ts';

export interface Option {
  /** A whole number (multiply-adds, parameters, nanoseconds), so that equal costs are equal however they are summed. */
  readonly cost: number;
  /** What adds up over slots, zero or more. */
  readonly damage: number;
}

export interface FrontPoint {
  readonly cost: number;
  readonly damage: number;
}

export interface Front {
  /** By rising cost and falling damage; never empty. */
  readonly points: readonly FrontPoint[];
  /**
   * Zero when every point is optimal. Above it, partial plans were thinned: a plan of the front may be beaten by one of
   * up to this much less cost, never by one outside of that.
   */
  readonly slack: number;
  /** Index of the option that a point takes in each group. */
  choice(index: number): number[];
}

/** Undominated partial plans; `parent` is the state of the layer before, `option` what was added to it. */
interface Layer {
  readonly cost: Float64Array;
  readonly damage: Float64Array;
  readonly parent: Int32Array;
  readonly option: Int32Array;
}

/** States of one layer. Beyond it, a layer is thinned to so many steps of cost. */
const mostStates = 20_000;

/** @param groups the options of each slot, at least one each */
export function paretoFront(groups: readonly (readonly Option[])[], most = mostStates): Front {
  const layers: Layer[] = [];
  let states: Layer = {
    cost: new Float64Array(1),
    damage: new Float64Array(1),
    parent: new Int32Array(1),
    option: new Int32Array(1),
  };
  let slack = 0;
  for (const options of groups) {
    const next = undominated(states, options);
    const thin = thinned(next, most);
    slack += thin.step;
    states = thin.layer;
    layers.push(states);
  }
  const last = states;
  return {
    points: Array.from(last.cost, (cost, i) => ({ cost, damage: known(last.damage[i], 'damage') })),
    slack,
    choice(index) {
      const options: number[] = [];
      let at = index;
      for (let layer = layers.length - 1; layer >= 0; layer--) {
        const { option, parent } = known(layers[layer], 'layer');
        options.unshift(known(option[at], 'state'));
        at = known(parent[at], 'state');
      }
      return options;
    },
  };
}

/** All states with all options, sorted by cost, of which only those stay that lower the damage. */
function undominated(states: Layer, options: readonly Option[]): Layer {
  const useful = usefulOptions(options);
  const count = states.cost.length * useful.length;
  const [cost, damage] = [new Float64Array(count), new Float64Array(count)];
  let at = 0;
  for (const index of useful) {
    const option = known(options[index], 'option');
    for (let i = 0; i < states.cost.length; i++, at++) {
      cost[at] = (states.cost[i] ?? 0) + option.cost;
      damage[at] = (states.damage[i] ?? 0) + option.damage;
    }
  }
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (cost[a] ?? 0) - (cost[b] ?? 0) || (damage[a] ?? 0) - (damage[b] ?? 0),
  );
  let lowest = Number.POSITIVE_INFINITY;
  const kept = order.filter((i) => {
    const lowers = (damage[i] ?? 0) < lowest;
    if (lowers) lowest = damage[i] ?? 0;
    return lowers;
  });
  return {
    cost: Float64Array.from(kept, (i) => cost[i] ?? 0),
    damage: Float64Array.from(kept, (i) => damage[i] ?? 0),
    parent: kept.map((i) => i % states.cost.length),
    option: kept.map((i) => known(useful[Math.floor(i / states.cost.length)], 'option')),
  };
}

/** Indices of options that no other of the same slot beats in both. */
function usefulOptions(options: readonly Option[]): number[] {
  const order = options
    .map((option, index) => ({ ...option, index }))
    .sort((a, b) => a.cost - b.cost || a.damage - b.damage);
  let lowest = Number.POSITIVE_INFINITY;
  return order.flatMap(({ damage, index }) => {
    if (damage >= lowest) return [];
    lowest = damage;
    return [index];
  });
}

/** At most `most` + 1 states: the cheapest, and the least damaging of each of `most` equal steps of cost. */
function thinned(layer: Layer, most: number): { readonly layer: Layer; readonly step: number } {
  const { length } = layer.cost;
  if (length <= most) return { layer, step: 0 };
  const lowest = layer.cost[0] ?? 0;
  const step = ((layer.cost[length - 1] ?? 0) - lowest) / most;
  const stepOf = (i: number) => Math.floor(((layer.cost[i] ?? 0) - lowest) / step);
  // Costs rise and damages fall, so the last of a step is its least damaging.
  const kept = Int32Array.from(
    Array.from({ length }, (_, i) => i).filter(
      (i) => i === 0 || i === length - 1 || stepOf(i) !== stepOf(i + 1),
    ),
  );
  return {
    step,
    layer: {
      cost: Float64Array.from(kept, (i) => layer.cost[i] ?? 0),
      damage: Float64Array.from(kept, (i) => layer.damage[i] ?? 0),
      parent: kept.map((i) => layer.parent[i] ?? 0),
      option: kept.map((i) => layer.option[i] ?? 0),
    },
  };
}
