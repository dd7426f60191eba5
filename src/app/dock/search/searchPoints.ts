// Everything that stands on the plot and in its table: plans of the front, and plans that were checked or trained.
import { graftedSlots, slotEntries } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import type { Plan } from '../../../plan/plan.ts';
import { candidateKey } from '../../../plan/search/candidate.ts';
import { holdsSame } from '../../../plan/search/damage.ts';
import { heldLabel } from '../../../store/placing.ts';
import type { PlanChange, SearchState } from '../../../store/search.ts';
import { planAt, type Search, standingOf } from '../../../store/searchPlans.ts';
import type { DitShape, RunSummary } from '../../../workers/protocol.ts';

export interface PlotPoint {
  readonly key: string;
  readonly cost: number;
  readonly predicted: number | null;
  /** Measured output change with the weights that the plan starts from. */
  readonly start: number | null;
  /** … and after its run. */
  readonly trained: number | null;
  /** Relative change of the Fréchet distance by the run. */
  readonly distance: number | null;
  /** Place on the front; null for a plan that came from elsewhere. */
  readonly index: number | null;
  readonly plan: Plan;
  readonly isPresent: boolean;
  readonly isBest: boolean;
}

export interface PointSources {
  readonly search: Search;
  readonly present: Plan;
  readonly changes: SearchState['changes'];
  readonly sensitivities: SearchState['sensitivities'];
  readonly summaries: Readonly<Record<string, RunSummary>>;
}

/** By rising cost. A checked plan that is also on the front is shown once, with what was measured. */
export function plotPoints({
  search,
  present,
  changes,
  sensitivities,
  summaries,
}: PointSources): PlotPoint[] {
  const known = Object.entries(changes);
  const front = search.shown.map((index): PlotPoint => {
    const { cost, damage } = search.front.points[index] ?? { cost: 0, damage: Number.NaN };
    const plan = planAt(search, index, present);
    const hash = planHash(plan);
    return {
      key: `front-${index}`,
      cost: search.price.base + cost,
      predicted: Math.sqrt(damage),
      ...measuredOf(changes[hash], summaries[hash]),
      index,
      plan,
      isPresent: holdsSame(plan, present),
      isBest: index === search.best,
    };
  });
  const onFront = new Set(front.map(({ plan }) => planHash(plan)));
  const others = known.map(([hash, { plan }]) => ({ hash, plan }));
  const presentHash = planHash(present);
  if (changes[presentHash] === undefined) others.push({ hash: presentHash, plan: present });
  const elsewhere = others.flatMap(({ hash, plan }): PlotPoint[] => {
    const { cost, predicted } = standingOf(plan, search.price, sensitivities);
    if (onFront.has(hash) || cost === null || graftedSlots(plan).length === 0) return [];
    return [
      {
        key: hash,
        cost,
        predicted,
        ...measuredOf(changes[hash], summaries[hash]),
        index: null,
        plan,
        isPresent: hash === presentHash,
        isBest: false,
      },
    ];
  });
  return [...front, ...elsewhere].sort((a, b) => a.cost - b.cost);
}

function measuredOf(change: PlanChange | undefined, summary: RunSummary | undefined) {
  const { distanceBase = null, distanceGraft = null } = summary ?? {};
  return {
    start: change?.start ?? null,
    trained: change?.trained ?? null,
    distance: distanceBase !== null && distanceGraft !== null ? distanceGraft / distanceBase - 1 : null,
  };
}

/** `5 × Hyena-Y, taps 4 · 3 × MLP, ratio 3`; the teacher's plan is named too. */
export function composition(shape: DitShape, plan: Plan): string {
  const groups = new Map<string, { readonly words: string; count: number }>();
  for (const [slot, held] of slotEntries(plan)) {
    const key = candidateKey(held);
    const group = groups.get(key) ?? { words: heldLabel(shape, slot, held), count: 0 };
    group.count++;
    groups.set(key, group);
  }
  const parts = [...groups.values()].map(({ words, count }) => `${count} × ${words}`);
  return parts.length === 0 ? 'Pretrained model' : parts.join(' · ');
}

/** Smallest and largest ratio of measured to predicted change of untrained plans; null before one was checked. */
export function predictionRatios(
  points: readonly PlotPoint[],
): { readonly low: number; readonly high: number; readonly count: number } | null {
  const ratios = points.flatMap(({ predicted, start }) =>
    predicted !== null && predicted > 0 && start !== null ? [start / predicted] : [],
  );
  if (ratios.length === 0) return null;
  return { low: Math.min(...ratios), high: Math.max(...ratios), count: ratios.length };
}
