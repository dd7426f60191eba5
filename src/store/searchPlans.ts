// The search itself, for the screen: prices, candidates, the front, what the budget buys, and where a plan stands on it.

import { slotEntries } from '../plan/edits.ts';
import type { Plan, SlotId, SlotKind } from '../plan/plan.ts';
import { bestWithin, shownPoints } from '../plan/search/budget.ts';
import { type Candidate, candidateKey, candidatesAt, usualCandidates } from '../plan/search/candidate.ts';
import { planOfChoice } from '../plan/search/choose.ts';
import { predict, type SlotOptions, slotOptions } from '../plan/search/damage.ts';
import { type Front, paretoFront } from '../plan/search/front.ts';
import { allSlots, slotKind } from '../plan/slots.ts';
import type { DitShape } from '../workers/protocol.ts';
import { baseCost, siteAt, slotCost, teacherPlan } from './costs.ts';
import { type Budget, type BudgetKind, changeIn, type SearchState } from './search.ts';
import { modelMacsAt, slotMacsAt, tokensOf } from './tokenCosts.ts';

/** What is paid in one kind of budget: the unchanged model, and what a candidate adds in a slot (less than zero: saves). */
export interface Price {
  readonly kind: BudgetKind;
  /** Multiply-adds, parameters, or nanoseconds of one image and one forward pass. */
  readonly base: number;
  /** Undefined where it has not been measured. */
  added(slot: SlotId, candidate: Candidate): number | undefined;
}

/** Candidates of both kinds of slots. Every block is alike, so the first one's sites stand for all. */
export function candidatesFor(shape: DitShape, kind: SlotKind): Candidate[] {
  const slot = kind === 'sequence' ? 'blocks.0.attn' : 'blocks.0.mlp';
  return candidatesAt(siteAt(shape, slot), teacherPlan(shape, slot));
}

/** Candidates that are measured and searched: the person's choice, or the usual ones. */
export function chosenCandidates(shape: DitShape, chosen: SearchState['chosen']): Candidate[] {
  return (['sequence', 'channel'] as const).flatMap((kind) => {
    const all = candidatesFor(shape, kind);
    if (chosen) return all.filter((candidate) => chosen.includes(candidateKey(candidate)));
    const slot = kind === 'sequence' ? 'blocks.0.attn' : 'blocks.0.mlp';
    const saves = (candidate: Candidate) => slotSaving(shape, slot, candidate) > 0;
    return usualCandidates(all, siteAt(shape, slot), saves);
  });
}

function slotSaving(shape: DitShape, slot: SlotId, candidate: Candidate): number {
  return slotCost(shape, slot, undefined).macs - slotCost(shape, slot, held(candidate)).macs;
}

const held = (candidate: Candidate) => ({ ...candidate, initialisation: 'auto' as const });

/** Null where nothing can be priced yet: latency before the unchanged model was timed. */
export function priceOf(
  shape: DitShape,
  { kind, side }: Pick<Budget, 'kind' | 'side'>,
  { times, base }: Pick<SearchState, 'times' | 'base'>,
): Price | null {
  if (kind === 'parameters') {
    return {
      kind,
      base: baseCost(shape).parameters,
      added: (slot, candidate) =>
        slotCost(shape, slot, held(candidate)).parameters - slotCost(shape, slot, undefined).parameters,
    };
  }
  if (kind === 'macs') {
    const tokens = side === null ? tokensOf(shape) : side * side;
    return {
      kind,
      base: modelMacsAt(shape, {}, tokens),
      added: (slot, candidate) =>
        slotMacsAt(shape, slot, held(candidate), tokens) - slotMacsAt(shape, slot, undefined, tokens),
    };
  }
  if (!base) return null;
  return {
    kind,
    base: nanosecondsEach(base.milliseconds, base.batch),
    added: (_, candidate) => {
      const time = times.get(candidateKey(candidate));
      return time && nanosecondsEach(time.operatorMs - time.teacherMs, time.batch);
    },
  };
}

/** Whole nanoseconds of one image: sums of them are exact. */
function nanosecondsEach(milliseconds: number, batch: number): number {
  return Math.round((milliseconds / batch) * 1e6);
}

export interface Search {
  readonly price: Price;
  readonly groups: readonly SlotOptions[];
  readonly front: Front;
  /** Points of the front that can be chosen. */
  readonly shown: readonly number[];
  /** What the budget may cost. */
  readonly limit: number;
  /** Index on the front; null when even the smallest plan costs more. */
  readonly best: number | null;
}

/** Points that can be told apart on a plot a few hundred pixels wide. */
const shownSteps = 24;

/** Null where there is nothing to search yet. */
export function searchPlans(
  shape: DitShape,
  state: Pick<SearchState, 'sensitivities' | 'times' | 'base' | 'chosen' | 'budget'>,
): Search | null {
  const price = priceOf(shape, state.budget, state);
  if (!price || state.sensitivities.size === 0) return null;
  const candidates = chosenCandidates(shape, state.chosen);
  const ofKind = (kind: SlotKind) =>
    candidates.filter(({ operator }) =>
      candidatesFor(shape, kind).some((known) => known.operator === operator),
    );
  const byKind = { sequence: ofKind('sequence'), channel: ofKind('channel') };
  const groups = slotOptions(
    allSlots(shape.depth),
    (slot) => byKind[slotKind(slot)],
    changeIn(state.sensitivities),
    (slot, candidate) => (candidate ? price.added(slot, candidate) : 0),
  );
  const front = paretoFront(groups.map(({ options }) => options));
  const limit = price.base * (1 - state.budget.saving / 100);
  const bought = bestWithin(front, limit - price.base);
  const shown = new Set(shownPoints(front, shownSteps));
  if (bought.kind === 'plan') shown.add(bought.index);
  return {
    price,
    groups,
    front,
    shown: [...shown].sort((a, b) => a - b),
    limit,
    best: bought.kind === 'plan' ? bought.index : null,
  };
}

/** The plan of a point, with the recipe and seed of the present one. */
export function planAt({ groups, front }: Search, index: number, plan: Plan): Plan {
  return planOfChoice(plan, groups, front.choice(index));
}

export interface Standing {
  /** Null where an operator has no price yet. */
  readonly cost: number | null;
  /** Predicted output change; null where a slot's operator has not been measured. */
  readonly predicted: number | null;
}

/** Where any plan stands, on the front or not. */
export function standingOf(
  plan: Plan,
  price: Price | null,
  sensitivities: SearchState['sensitivities'],
): Standing {
  const prediction = predict(plan, changeIn(sensitivities));
  const added = slotEntries(plan).map(([slot, candidate]) => price?.added(slot, candidate));
  const cost =
    price && added.every((part) => part !== undefined)
      ? added.reduce<number>((sum, part) => sum + (part ?? 0), price.base)
      : null;
  return { cost, predicted: prediction.kind === 'predicted' ? prediction.change : null };
}

type Inputs = Parameters<typeof searchPlans>[1];

let last: { readonly shape: DitShape; readonly state: Inputs; readonly search: Search | null } | null = null;

/** The same search as long as nothing changes that it rests on: buttons, plot and commands ask for it often. */
export function searchNow(shape: DitShape, state: Inputs): Search | null {
  const same =
    last !== null &&
    last.shape === shape &&
    (['sensitivities', 'times', 'base', 'chosen', 'budget'] as const).every(
      (name) => last?.state[name] === state[name],
    );
  if (same && last) return last.search;
  last = { shape, state, search: searchPlans(shape, state) };
  return last.search;
}
