// What was measured and drawn for a plan stays under the plan's hash: going back to the plan shows it again, also after
// a reload. Undo and deleted branches never touch it. Run summaries and weights are kept by the trainer in the same way.
import { create } from 'zustand';
import { sentence } from '../lib/errors.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import type { RecordStore } from '../storage/recordStore.ts';
import { demoStrips } from './demo/demo.ts';
import { currentPlan, endDrag, keepPlansWith } from './documentStore.ts';
import { currentBypass } from './effectivePlan.ts';
import type { Strip } from './images.ts';
import {
  decodeStrip,
  encodeStrip,
  noResult,
  type PlanResult,
  parseResult,
  resultToJson,
  thumbnailsOf,
} from './resultRecord.ts';
import { addProblem, type SessionState, useSession } from './sessionStore.ts';

export const usePlanResults = create<{ readonly byHash: ReadonlyMap<string, PlanResult> }>()(() => ({
  byHash: new Map(),
}));

let records: RecordStore | null = null;
/** Whole strips of this visit; older ones are read when their plan is shown. */
const strips = new Map<string, Strip>();

const figures = (hash: string) => `${hash}.json`;
const pictures = (hash: string) => `${hash}.pictures`;

/** Reads all kept figures, and keeps whatever the session measures or draws from now on. */
export async function keepResults(store: RecordStore): Promise<() => void> {
  records = store;
  keepPlansWith(hasResults);
  const stop = useSession.subscribe(collect);
  await readAll(store);
  return stop;
}

async function readAll(store: RecordStore): Promise<void> {
  for (const { name } of await store.list()) {
    if (!name.endsWith('.json')) continue;
    const bytes = await store.read(name);
    if (bytes) admit(JSON.parse(new TextDecoder().decode(bytes)));
  }
}

/** Takes in a kept result, from storage or a project file; what is already known wins. A damaged one is left alone. */
export function admit(value: unknown): void {
  let result: PlanResult;
  try {
    result = parseResult(value);
  } catch {
    return;
  }
  const { hash, measurement, distance } = result;
  const known = usePlanResults.getState().byHash.get(hash);
  put({
    hash,
    measurement: known?.measurement ?? measurement,
    distance: known?.distance ?? distance,
    thumbnails: known?.thumbnails ?? result.thumbnails,
  });
  useSession.setState(({ measurements, distances }) => ({
    ...(measurement && !measurements[hash] ? { measurements: { ...measurements, [hash]: measurement } } : {}),
    ...(distance && !distances[hash] ? { distances: { ...distances, [hash]: distance } } : {}),
  }));
}

/** The kept results of these plans, as a project file carries them. */
export function resultsAsJson(plans: Iterable<Plan>): unknown[] {
  const { byHash } = usePlanResults.getState();
  const hashes = new Set([...plans].map(planHash));
  return [...byHash.values()].filter((result) => hashes.has(result.hash)).map(resultToJson);
}

export function hasResults(hash: string): boolean {
  return usePlanResults.getState().byHash.has(hash) || useSession.getState().summaries[hash] !== undefined;
}

function put(result: PlanResult): void {
  const byHash = new Map(usePlanResults.getState().byHash).set(result.hash, result);
  usePlanResults.setState({ byHash });
}

function collect(state: SessionState, before: SessionState): void {
  // A plan that is trained or drawn is one that a person may come back to: no drag goes on through it.
  if (state.runPlan !== before.runPlan && state.runPlan) endDrag();
  if (state.measurements !== before.measurements) {
    for (const [hash, measurement] of Object.entries(state.measurements)) {
      if (measurement !== before.measurements[hash]) keep(hash, { measurement });
    }
  }
  if (state.distances !== before.distances) {
    for (const [hash, distance] of Object.entries(state.distances)) {
      if (distance !== before.distances[hash]) keep(hash, { distance });
    }
  }
  const strip = state.strips.graft;
  // Pictures with bypassed slots are pictures of another plan.
  const isWhole =
    strip && !strip.bundled && planHash(strip.job.plan) === strip.planHash && currentBypass().length === 0;
  if (isWhole && strip !== before.strips.graft && strip.state === 'done') keepStrip(strip);
}

function keepStrip(strip: Strip): void {
  const { planHash: hash } = strip;
  if (strips.get(hash)?.job.jobId !== strip.job.jobId) {
    strips.set(hash, strip);
    keep(hash, { thumbnails: thumbnailsOf(strip) });
    void write(pictures(hash), encodeStrip(strip));
  }
  // The person may have gone to another plan while these were drawn.
  void showPicturesOf(currentPlan());
}

function keep(hash: string, patch: Partial<PlanResult>): void {
  const known = usePlanResults.getState().byHash.get(hash) ?? noResult(hash);
  const isSame = Object.entries(patch).every(
    ([name, value]) => new Map(Object.entries(known)).get(name) === value,
  );
  if (isSame) return;
  const result = { ...known, ...patch };
  put(result);
  void write(figures(hash), new TextEncoder().encode(JSON.stringify(resultToJson(result))));
}

async function write(name: string, bytes: Uint8Array): Promise<void> {
  try {
    await records?.write(name, bytes);
  } catch (error) {
    const text = `Results of this visit are not saved. ${sentence(error)}`;
    addProblem({ id: 'results-save', severity: 'warning', text, slot: null, action: 'freeSpace' });
  }
}

/** Puts the kept pictures of a plan on show, if there are any and others are there now. */
export async function showPicturesOf(plan: Plan): Promise<void> {
  const hash = planHash(plan);
  const isOpen = () => {
    const { graft } = useSession.getState().strips;
    return graft?.planHash !== hash && graft?.state !== 'running' && planHash(currentPlan()) === hash;
  };
  if (!isOpen()) return;
  const strip = strips.get(hash) ?? (await readStrip(hash)) ?? demoStrips(plan)?.graft;
  if (!strip || !isOpen()) return;
  if (!strip.bundled) strips.set(hash, strip);
  useSession.setState(({ strips: shown }) => ({ strips: { ...shown, graft: strip } }));
}

/** Bytes of all kept pictures; they can be drawn again. */
export async function picturesRoom(): Promise<number> {
  const kept = (await records?.list()) ?? [];
  return kept
    .filter(({ name }) => name.endsWith('.pictures'))
    .reduce((sum, { bytes, room = bytes }) => sum + room, 0);
}

export async function deletePictures(): Promise<void> {
  strips.clear();
  for (const { name } of (await records?.list()) ?? [])
    if (name.endsWith('.pictures')) await records?.remove(name);
}

async function readStrip(hash: string): Promise<Strip | undefined> {
  try {
    const bytes = await records?.read(pictures(hash));
    return bytes && decodeStrip(bytes);
  } catch {
    return undefined; // Damaged pictures can be drawn again.
  }
}
