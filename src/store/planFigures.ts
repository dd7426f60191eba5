// The figures of a plan wherever plans are listed: distance, cost, time, and how far its run is.

import { canonicalJson } from '../lib/hash.ts';
import { graftedSlots } from '../plan/edits.ts';
import type { History, PlanNode } from '../plan/history.ts';
import { pathTo } from '../plan/history.ts';
import type { Plan } from '../plan/plan.ts';
import { planName } from '../plan/planName.ts';
import { type DitShape, isUnderWay } from '../workers/protocol.ts';
import { baseCost, planCost } from './costs.ts';
import type { PlanResult, Thumbnails } from './resultRecord.ts';
import type { SessionState } from './sessionStore.ts';

export interface Against {
  readonly now: number;
  readonly was: number;
}

export interface PlanFigures {
  readonly distance: Against | null;
  readonly macs: Against;
  readonly parameters: Against;
  /** Milliseconds per image. */
  readonly milliseconds: Against | null;
  readonly thumbnails: Thumbnails | null;
  /** Nothing to train, not trained, on its way, or trained. */
  readonly state: 'pretrained' | 'untrained' | 'stage 1' | 'stage 2' | 'scoring' | 'trained';
}

export type FiguresSource = Pick<SessionState, 'summaries' | 'distances' | 'measurements' | 'run'>;

export function planFigures(
  hash: string,
  plan: Plan,
  shape: DitShape,
  session: FiguresSource,
  result: PlanResult | undefined,
): PlanFigures {
  const base = baseCost(shape);
  const cost = planCost(shape, plan);
  const isBase = graftedSlots(plan).length === 0;
  const time = session.measurements[hash];
  return {
    distance: isBase ? baseDistance(session) : distanceOf(hash, session),
    macs: { now: cost.macs, was: base.macs },
    parameters: { now: cost.parameters, was: base.parameters },
    milliseconds: time ? { now: time.graftMs / time.batch, was: time.baseMs / time.batch } : null,
    thumbnails: result?.thumbnails ?? null,
    state: isBase ? 'pretrained' : runState(hash, session),
  };
}

function distanceOf(hash: string, { distances, summaries }: FiguresSource): Against | null {
  const measured = distances[hash];
  if (measured) return { now: measured.graft, was: measured.base };
  const summary = summaries[hash];
  if (summary?.distanceGraft == null || summary.distanceBase === null) return null;
  return { now: summary.distanceGraft, was: summary.distanceBase };
}

/** The base's own distance, from whichever plan it was measured beside with the most images. */
function baseDistance({ distances, summaries }: FiguresSource): Against | null {
  const measured = [
    ...Object.values(distances).map(({ base, samples }) => ({ base, samples })),
    ...Object.values(summaries).flatMap(({ distanceBase, distanceSamples = 0 }) =>
      distanceBase === null ? [] : [{ base: distanceBase, samples: distanceSamples }],
    ),
  ].sort((a, b) => b.samples - a.samples);
  const [best] = measured;
  return best ? { now: best.base, was: best.base } : null;
}

const phaseNames = {
  prepare: 'stage 1',
  initialise: 'stage 1',
  stage1: 'stage 1',
  stage2: 'stage 2',
  score: 'scoring',
  done: 'scoring',
} as const;

function runState(hash: string, { run, summaries }: FiguresSource): PlanFigures['state'] {
  const isRunning = run?.planHash === hash && isUnderWay(run.state);
  if (isRunning) return phaseNames[run.phase];
  return summaries[hash] ? 'trained' : 'untrained';
}

/**
 * What a plan of the tree is called: the name a person gave it, else one made from what it grafts; where an edit left
 * the slots alone, what the edit was called.
 */
export function nodeName(history: History, node: PlanNode): string {
  if (node.name !== null) return node.name;
  const parent = node.parent === null ? undefined : history.nodes.get(node.parent);
  const sameSlots = parent && canonicalJson(parent.plan.slots) === canonicalJson(node.plan.slots);
  return sameSlots && parent.plan.base === node.plan.base ? node.label : planName(node.plan);
}

/** How many edits lie between the root and a plan. */
export function editsTo(history: History, node: PlanNode): number {
  return pathTo(history, node.id).length - 1;
}
