// Parameters, multiply-adds and bytes of models and of their slots, derived from the graphs that run.
import { graphCost, nodeCost } from '../graph/cost.ts';
import { type Graph, graphOf, input, type Node } from '../graph/index.ts';
import { sizeOf } from '../lib/tensor.ts';
import { operatorById } from '../operators/index.ts';
import type { SlotSite } from '../operators/operator.ts';
import type { OperatorConfig, Plan, SlotId } from '../plan/plan.ts';
import { dit, type SlotOperators, teacherOperator, timeCodeWidth } from './dit.ts';
import { parameterShapes } from './parameterShapes.ts';
import { type DitShape, gridOf, siteOf, slotIds } from './shape.ts';

export { siteOf } from './shape.ts';

/** For one image and one forward pass; 1 MAC = 2 FLOP. */
export interface Cost {
  readonly parameters: number;
  /** Multiply-adds of matrix products, convolutions and gates, as the papers count them. */
  readonly macs: number;
  /** Bytes that the operations read and write in single precision, without fusion. */
  readonly bytes: number;
}

export interface ModelCost {
  readonly total: Cost;
  readonly base: Cost;
  readonly slots: Readonly<Record<SlotId, Cost>>;
}

/** The operator alone on [B, N, D], as a graph. */
export function operatorGraph(operatorId: string, config: OperatorConfig, site: SlotSite, batch = 1): Graph {
  const operator = operatorById(operatorId);
  const shapes = new Map(operator.parameters(config, site).map(({ name, shape }) => [name, shape]));
  const weights = new Map<string, Node>();
  const weight = (name: string) => {
    const made = weights.get(name) ?? input(name, shapes.get(name) ?? []);
    weights.set(name, made);
    return made;
  };
  return graphOf({ y: operator.apply(input('x', [batch, site.tokens, site.width]), weight, config, site) });
}

const operatorCosts = new Map<string, Cost>();

export function operatorCost(operatorId: string, config: OperatorConfig, site: SlotSite): Cost {
  const key = JSON.stringify([operatorId, config, site]);
  const found = operatorCosts.get(key);
  if (found) return found;
  const specs = operatorById(operatorId).parameters(config, site);
  const parameters = specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const cost = { parameters, ...graphCost(operatorGraph(operatorId, config, site)) };
  operatorCosts.set(key, cost);
  return cost;
}

/** A whole forward pass of one image, without guidance, as a graph. */
export function forwardGraph(shape: DitShape, grafts: SlotOperators = {}, batch = 1): Graph {
  const tokens = gridOf(shape) ** 2;
  const shapes = new Map([
    ...parameterShapes(shape, grafts),
    ['pos_embed', [1, tokens, shape.width]],
  ] as const);
  const weights = new Map<string, Node>();
  const weight = (name: string) => {
    const made = weights.get(name) ?? input(name, shapes.get(name) ?? []);
    weights.set(name, made);
    return made;
  };
  const { output } = dit(
    shape,
    weight,
    {
      x: input('x', [batch, shape.channels, shape.inputSize, shape.inputSize]),
      timeCode: input('time_code', [batch, timeCodeWidth]),
      y: input('y', [batch], 'i32'),
    },
    grafts,
  );
  return graphOf({ output });
}

/** MACs of a forward pass, by the first part of the scope path: `blocks`, `x_embedder`, … */
export function macsByPart(graph: Graph): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const node of graph.nodes) {
    const part = node.scope.split('.')[0] ?? '';
    parts[part] = (parts[part] ?? 0) + nodeCost(node).macs;
  }
  return parts;
}

const baseCosts = new Map<string, Cost>();

export function baseCost(shape: DitShape): Cost {
  const key = JSON.stringify(shape);
  const found = baseCosts.get(key);
  if (found) return found;
  const parameters = parameterShapes(shape).reduce((sum, [, extent]) => sum + sizeOf(extent), 0);
  const cost = { parameters, ...graphCost(forwardGraph(shape)) };
  baseCosts.set(key, cost);
  return cost;
}

/** The base, each slot as it stands in the plan, and their sum: slots differ, everything else is the base's. */
export function modelCost(shape: DitShape, plan: Pick<Plan, 'slots'>): ModelCost {
  const base = baseCost(shape);
  let { parameters, macs, bytes } = base;
  const slots: Record<SlotId, Cost> = {};
  for (const slot of slotIds(shape)) {
    const site = siteOf(shape, slot);
    const teacher = teacherOperator(shape, slot);
    const before = operatorCost(teacher.operator.id, teacher.config, site);
    const graft = plan.slots[slot];
    const now = graft ? operatorCost(graft.operator, graft.config, site) : before;
    parameters += now.parameters - before.parameters;
    macs += now.macs - before.macs;
    bytes += now.bytes - before.bytes;
    slots[slot] = now;
  }
  return { total: { parameters, macs, bytes }, base, slots };
}
