// Runs in storage: the checkpoint of an unfinished one, the result of a finished one, and beside each a short note from
// which they are listed, since a checkpoint may have a hundred megabytes.
import { UserError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import { parsePlan } from '../../plan/validate.ts';
import type { RecordStore } from '../../storage/recordStore.ts';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  pointsFromJson,
  type RunCheckpoint,
} from '../../train/graft/checkpoint.ts';
import { type PackedCurves, packCurves, unpackCurves } from '../../train/graft/packedCurves.ts';
import { thinCurves } from '../../train/graft/thinCurves.ts';
import type { StoredRun } from '../protocol.ts';

type Kind = 'run' | 'result';

/** What a note holds: a listed run, and the model that it belongs to. */
export interface Note {
  readonly model: string;
  readonly run: Omit<StoredRun, 'bytes'>;
}

/** A note as it is written: with its curves packed. */
interface WrittenNote extends Note {
  readonly run: Note['run'] & { readonly curves?: PackedCurves };
}

export class RunStore {
  readonly #store: RecordStore;
  readonly #model: string;

  /** @param model fingerprint of the open model: only its own runs are seen */
  constructor(store: RecordStore, model: string) {
    this.#store = store;
    this.#model = model;
  }

  async save(checkpoint: RunCheckpoint): Promise<void> {
    const hash = planHash(checkpoint.plan);
    if (!checkpoint.result) return this.#write('run', hash, checkpoint);
    // Nobody trains on from a result: its optimizer's vectors are left out. The best students of stage 1 stay, so that
    // pictures from before the fine-tune can be drawn. Of its curves, what a screen can show is kept.
    const vectors = wasFinetuned(checkpoint) ? bestOnly(checkpoint.stage1.vectors) : {};
    const points = thinCurves(checkpoint.points);
    const slim = { ...checkpoint, stage1: { ...checkpoint.stage1, vectors }, stage2: undefined, points };
    await this.#write('result', hash, slim);
    await this.#remove('run', hash);
  }

  /** The checkpoint that an unfinished run goes on from. */
  unfinished(hash: string): Promise<RunCheckpoint | undefined> {
    return this.#read('run', hash);
  }

  result(hash: string): Promise<RunCheckpoint | undefined> {
    return this.#read('result', hash);
  }

  async list(): Promise<StoredRun[]> {
    const records = new Map((await this.#store.list()).map(({ name, bytes }) => [name, bytes]));
    const runs: StoredRun[] = [];
    for (const name of records.keys()) {
      if (!name.startsWith('note-')) continue;
      const bytes = records.get(name.slice('note-'.length));
      const note = bytes === undefined ? undefined : await this.#note(name);
      if (note?.model === this.#model && bytes !== undefined) runs.push({ ...note.run, bytes });
    }
    return runs.sort((a, b) => b.savedAt - a.savedAt);
  }

  /** The unfinished run of this plan, or its result where there is no unfinished one. */
  async delete(hash: string): Promise<void> {
    const kind = (await this.#note(noteName('run', hash))) ? 'run' : 'result';
    await this.#remove(kind, hash);
  }

  /** A small value that can be computed again, such as a measured distance. */
  async cached(name: string): Promise<unknown> {
    const bytes = await this.#store.read(this.#cacheName(name));
    return bytes && parseJson(bytes);
  }

  async cache(name: string, value: unknown): Promise<void> {
    await this.#store.write(this.#cacheName(name), jsonBytes(value));
  }

  #cacheName(name: string): string {
    return `cache-${this.#model}-${name}`;
  }

  async #write(kind: Kind, hash: string, checkpoint: RunCheckpoint): Promise<void> {
    await this.#store.write(recordName(kind, hash), encodeCheckpoint(checkpoint));
    const { points, ...run } = described(hash, checkpoint);
    const note = { model: this.#model, run: { ...run, curves: packCurves(points) } };
    await this.#store.write(noteName(kind, hash), jsonBytes(note));
  }

  async #read(kind: Kind, hash: string): Promise<RunCheckpoint | undefined> {
    const note = await this.#note(noteName(kind, hash));
    if (note?.model !== this.#model) return undefined;
    const bytes = await this.#store.read(recordName(kind, hash));
    return bytes && decodeCheckpoint(bytes);
  }

  async #remove(kind: Kind, hash: string): Promise<void> {
    await this.#store.remove(noteName(kind, hash));
    await this.#store.remove(recordName(kind, hash));
  }

  #note(name: string): Promise<Note | undefined> {
    return readNote(this.#store, name);
  }
}

function bestOnly(vectors: RunCheckpoint['stage1']['vectors']): RunCheckpoint['stage1']['vectors'] {
  return Object.fromEntries(Object.entries(vectors).filter(([name]) => name.endsWith('/best')));
}

/** Without a fine-tune the result is what stage 1 left. */
function wasFinetuned({ summary }: RunCheckpoint): boolean {
  return typeof summary?.heldOutLoss.afterStage1 === 'number';
}

export async function readNote(store: RecordStore, name: string): Promise<Note | undefined> {
  const bytes = await store.read(name);
  return bytes && parseNote(parseJson(bytes));
}

function recordName(kind: Kind, hash: string): string {
  return `${kind}-${hash}`;
}

function noteName(kind: Kind, hash: string): string {
  return `note-${recordName(kind, hash)}`;
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // Not written by this program, or damaged: as good as absent.
  }
}

function parseNote(value: unknown): Note | undefined {
  if (typeof value !== 'object' || value === null || !('run' in value) || !('model' in value))
    return undefined;
  // Written by this class, by earlier versions with whole points; the plan, which is acted on, is checked.
  const { run: stored, model } = value as WrittenNote;
  const { curves, ...run } = stored;
  const points = curves ? unpackCurves(curves) : pointsFromJson(run.points);
  try {
    return { model, run: { ...run, plan: parsePlan(run.plan), points } };
  } catch (error) {
    // A plan of another version of the program.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function described(hash: string, checkpoint: RunCheckpoint): Omit<StoredRun, 'bytes'> {
  const { plan, stage1, stage2, summary = null, result, points, savedAt } = checkpoint;
  const place = stage2
    ? { phase: 'stage2' as const, step: stage2.trainer.step, steps: plan.stage2.steps }
    : { phase: 'stage1' as const, step: stage1.step, steps: plan.stage1.steps };
  return {
    planHash: hash,
    plan,
    finished: result !== undefined,
    ...place,
    ...(summary && { phase: summary.phase, step: summary.step, steps: summary.steps }),
    savedAt,
    summary,
    points,
    keepsStage1: result !== undefined && Object.keys(stage1.vectors).length > 0,
  };
}
