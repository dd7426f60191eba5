// What the lenses need the trainer to measure: locality of the base, error through depth, filters. Asked for when looked at.
import { create } from 'zustand';
import { sentence } from '../lib/errors.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan, SlotId } from '../plan/plan.ts';
import type { Locality, SlotFilters, StreamError } from '../workers/protocol.ts';
import { model, useSession } from './sessionStore.ts';
import { askTrainer, hasWeights, isTraining } from './trainerSession.ts';

export type Measured<T> =
  | { readonly state: 'measuring' }
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'failed'; readonly sentence: string };

export interface LensMeasures {
  /** Model that the locality belongs to. */
  readonly model: string | null;
  readonly locality: Measured<Locality> | null;
  /** By plan hash. */
  readonly streamErrors: Readonly<Record<string, Measured<StreamError>>>;
  /** By plan hash and slot. */
  readonly filters: Readonly<Record<string, Measured<SlotFilters>>>;
}

const nothing: LensMeasures = { model: null, locality: null, streamErrors: {}, filters: {} };

export const useLensMeasures = create<LensMeasures>()(() => nothing);

export const selectLocality = (state: LensMeasures): Locality | null =>
  state.locality?.state === 'done' ? state.locality.value : null;

/** Measures the base's attention once a model. */
export function measureLocality(): void {
  const info = model();
  if (!info) return;
  const { model: measured, locality } = useLensMeasures.getState();
  if (measured === info.id && locality && locality.state !== 'failed') return;
  const keep = (now: Measured<Locality>) => useLensMeasures.setState({ model: info.id, locality: now });
  void follow(keep, askTrainer({ kind: 'locality' }));
}

/** Measures the error through depth of a plan that was trained; while a run goes on, its weights still change. */
export function measureStreamError(plan: Plan): void {
  const hash = planHash(plan);
  const before = useLensMeasures.getState().streamErrors[hash];
  if (before || isTraining() || !hasWeights(plan)) return;
  const keep = (now: Measured<StreamError>) =>
    useLensMeasures.setState(({ streamErrors }) => ({ streamErrors: { ...streamErrors, [hash]: now } }));
  void follow(keep, askTrainer({ kind: 'streamError', plan }));
}

export function filtersKey(plan: Plan, slot: SlotId): string {
  return `${planHash(plan)} ${slot}`;
}

export function measureFilters(plan: Plan, slot: SlotId): void {
  const key = filtersKey(plan, slot);
  if (useLensMeasures.getState().filters[key] || !hasWeights(plan)) return;
  const keep = (now: Measured<SlotFilters>) =>
    useLensMeasures.setState(({ filters }) => ({ filters: { ...filters, [key]: now } }));
  void follow(keep, askTrainer({ kind: 'filters', plan, slot }));
}

/** A plan that is trained again has other weights: what was measured with the old ones is dropped. */
export function forgetMeasures(plan: Plan): void {
  const hash = planHash(plan);
  const without = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !key.startsWith(hash)));
  useLensMeasures.setState(({ streamErrors, filters }) => ({
    streamErrors: without(streamErrors),
    filters: without(filters),
  }));
}

async function follow<T>(keep: (now: Measured<T>) => void, asked: Promise<T>): Promise<void> {
  keep({ state: 'measuring' });
  try {
    keep({ state: 'done', value: await asked });
  } catch (error) {
    keep({ state: 'failed', sentence: sentence(error) });
  } finally {
    useSession.setState({ status: null });
  }
}

useSession.subscribe((state, before) => {
  // A run that starts makes what was measured of its plan out of date.
  if (state.runPlan && state.busy.starting && !before.busy.starting) forgetMeasures(state.runPlan);
});
