// What the lens reads of every slot on the canvas, kept outside of React: a slot renders only when its own reading changes.
import { useSyncExternalStore } from 'react';
import { canonicalJson } from '../../../lib/hash.ts';
import { slotIds } from '../../../models/shape.ts';
import { planHash } from '../../../plan/hash.ts';
import type { Plan, SlotId } from '../../../plan/plan.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { selectLocality, useLensMeasures } from '../../../store/lensMeasures.ts';
import { type SessionState, selectModel, useSession } from '../../../store/sessionStore.ts';
import { tokensOf } from '../../../store/tokenCosts.ts';
import { type Side, useView, type ViewState } from '../../../store/viewStore.ts';
import { isAbout, type LensFacts, type LensRecord, lensOf } from './lens.ts';

export type Level = 1 | 2 | 3 | 4;

export interface Reading {
  readonly value: number;
  readonly text: string;
  readonly level: Level;
}

export interface Readings {
  readonly lens: LensRecord | null;
  /** Facts of the shown models, from left to right. */
  readonly facts: ReadonlyMap<Side, LensFacts>;
  readonly sides: ReadonlyMap<Side, ReadonlyMap<SlotId, Reading>>;
  /** Lowest and highest value on the canvas; null where there is none. */
  readonly range: { readonly low: number; readonly high: number } | null;
}

const none: Readings = { lens: null, facts: new Map(), sides: new Map(), range: null };

let last: { readonly inputs: readonly unknown[]; readonly readings: Readings } = {
  inputs: [],
  readings: none,
};

/** The same object as before while nothing that it rests on has changed. */
export function readingsNow(): Readings {
  const view = useView.getState();
  const session = useSession.getState();
  const plan = selectPlan(useDocument.getState());
  const model = selectModel(session);
  const locality = selectLocality(useLensMeasures.getState());
  const { lens, costTokens, errorBin, split } = view;
  const { run, runPlan, summaries, storedRuns } = session;
  const inputs = [
    lens,
    costTokens,
    errorBin,
    split,
    run,
    runPlan,
    summaries,
    storedRuns,
    plan,
    model,
    locality,
  ];
  if (inputs.length === last.inputs.length && inputs.every((input, at) => input === last.inputs[at]))
    return last.readings;
  const record = lensOf(lens);
  const before = last.readings;
  const readings =
    record && model
      ? read(record, factsBySide(view, session, plan, { shape: model.config, locality }), before)
      : none;
  last = { inputs, readings };
  return readings;
}

function factsBySide(
  { split, costTokens, errorBin }: ViewState,
  session: SessionState,
  plan: Plan,
  common: Pick<LensFacts, 'shape' | 'locality'>,
): Map<Side, LensFacts> {
  const tokens = costTokens ?? tokensOf(common.shape);
  const edited = { ...common, tokens, bin: errorBin, slots: plan.slots, run: runOf(session, plan) };
  if (!split) return new Map([['only', edited]]);
  return new Map(
    (['left', 'right'] as const).map((side): [Side, LensFacts] => {
      const { slots } = split[side];
      return [side, slots === null ? edited : { ...edited, slots, run: storedRunOf(session, slots) }];
    }),
  );
}

/** The run that is going on or has ended for this plan; else, for slots that it shares, the run on show. */
function runOf({ run, runPlan, summaries }: SessionState, plan: Plan): LensFacts['run'] {
  const summary = summaries[planHash(plan)];
  if (summary) return summary;
  if (!run || !runPlan) return null;
  const same = run.slots.filter(
    ({ slot }) => canonicalJson(runPlan.slots[slot] ?? null) === canonicalJson(plan.slots[slot] ?? null),
  );
  return { ...run, slots: same };
}

function storedRunOf({ storedRuns }: SessionState, slots: Plan['slots']): LensFacts['run'] {
  const wanted = canonicalJson(slots);
  return storedRuns.find((run) => run.summary && canonicalJson(run.plan.slots) === wanted)?.summary ?? null;
}

export function read(
  lens: LensRecord,
  facts: ReadonlyMap<Side, LensFacts>,
  before: Readings = none,
): Readings {
  const [column] = lens.columns;
  const values = new Map(
    [...facts].map(([side, sideFacts]) => {
      const own = new Map<SlotId, number>();
      for (const slot of slotIds(sideFacts.shape)) {
        const value = isAbout(lens.id, slot) ? column.read(sideFacts, slot) : null;
        if (value !== null && Number.isFinite(value)) own.set(slot, value);
      }
      return [side, own] as const;
    }),
  );
  const all = [...values.values()].flatMap((own) => [...own.values()]);
  const range = all.length > 0 ? { low: Math.min(...all), high: Math.max(...all) } : null;
  const sides = new Map(
    [...values].map(([side, own]) => {
      const known = before.lens === lens ? before.sides.get(side) : undefined;
      const readings = new Map(
        [...own].map(([slot, value]) => {
          const { value: number, unit } = column.write(value);
          const reading = {
            value,
            text: unit === '' ? number : `${number} ${unit}`,
            level: range ? levelOf(value, range, lens.scale) : 1,
          };
          return [slot, sameOr(known?.get(slot), reading)] as const;
        }),
      );
      return [side, readings] as const;
    }),
  );
  return { lens, facts, sides, range };
}

/** One of four steps between the lowest and the highest value, equal in difference or in ratio. */
export function levelOf(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
  scale: LensRecord['scale'],
): Level {
  if (high <= low) return 1;
  const at = (x: number) => (scale === 'log' ? Math.log(Math.max(x, 1e-12)) : x);
  const share = (at(value) - at(low)) / (at(high) - at(low));
  const step = Math.min(3, Math.max(0, Math.floor(share * 4)));
  return ([1, 2, 3, 4] as const)[step] ?? 1;
}

function sameOr(known: Reading | undefined, now: Reading): Reading {
  return known && known.value === now.value && known.level === now.level ? known : now;
}

function subscribe(listener: () => void): () => void {
  const stops = [
    useView.subscribe(listener),
    useSession.subscribe(listener),
    useDocument.subscribe(listener),
    useLensMeasures.subscribe(listener),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

export function useReading(slot: SlotId, side: Side): Reading | null {
  return useSyncExternalStore(subscribe, () => readingsNow().sides.get(side)?.get(slot) ?? null);
}

export function useReadings(): Readings {
  return useSyncExternalStore(subscribe, readingsNow);
}
