// Measures sensitivities and output changes: stored ones are read, the rest is measured while nobody needs the device.
import type { Feeds } from '../../engine/engine.ts';
import { known, UserError } from '../../lib/errors.ts';
import { canonicalJson, sha256Hex } from '../../lib/hash.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { graftsOf } from '../../models/pictures.ts';
import { operators } from '../../operators/index.ts';
import { emptyPlan, type Plan, type SlotId, type SlotPlan } from '../../plan/plan.ts';
import { type Candidate, candidateKey } from '../../plan/search/candidate.ts';
import { isSlotId, slotKind } from '../../plan/slots.ts';
import { type GraftContext, uploadTeacher } from '../../train/graft/context.ts';
import { measureBase, measureOperator } from '../../train/measure.ts';
import { noisedImages } from '../../train/sensitivity/noisedImages.ts';
import { outputChange } from '../../train/sensitivity/outputChange.ts';
import { noiseOf } from '../../train/sensitivity/predictedNoise.ts';
import { type Bench, slotSensitivities } from '../../train/sensitivity/slotSensitivity.ts';
import { slotTasks } from '../../train/stage1/slotTask.ts';
import type {
  OperatorTime,
  Sensitivities as Reply,
  Sensitivity,
  SensitivityProgress,
  TrainerReplies,
  TrainerRequest,
} from '../protocol.ts';
import type { Device } from './device.ts';
import type { Events } from './events.ts';
import type { GraftWeights } from './graftWeights.ts';
import type { RunStore } from './runStore.ts';
import { parseOutputChange, parseSensitivity } from './sensitivityRecords.ts';
import type { Session } from './session.ts';
import { Stopped, stoppable } from './stopped.ts';
import { paced, type Turns } from './turns.ts';

type Request = Extract<TrainerRequest, { readonly kind: 'sensitivity' }>;
type ChangeRequest = Extract<TrainerRequest, { readonly kind: 'outputChange' }>;

export interface SensitivityParts {
  readonly session: Session;
  readonly runs: RunStore;
  readonly weights: GraftWeights;
  readonly turns: Turns;
  readonly events: Events;
}

/** One candidate with the slots that it fits, as a plan that was held against the model. */
interface Work {
  readonly candidate: Candidate;
  readonly plan: Plan;
  readonly slots: readonly SlotId[];
}

const timedBatch = 16;

export class Sensitivities {
  readonly #parts: SensitivityParts;
  readonly #times = new Map<string, OperatorTime>();
  #base: Reply['base'] = null;
  #stop: (() => void) | undefined;
  /** Predicted noise of the unchanged model, needed by every comparison. */
  #reference: readonly Tensor[] | undefined;

  constructor(parts: SensitivityParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#stop?.();
  }

  async of(request: Request): Promise<Reply> {
    const works = worksOf(request, (plan) => this.#parts.session.plan(plan), this.#parts.session.info.id);
    const stored = new Map<string, Map<SlotId, Sensitivity>>();
    for (const { candidate } of works) stored.set(candidateKey(candidate), await this.#stored(candidate));
    if (request.effort === 'stored') return this.#reply(works, stored);
    this.#stop?.();
    const { signal, stop } = stoppable('Measuring sensitivities');
    this.#stop = stop;
    try {
      await this.#measure(works, stored, signal);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      if (this.#stop === stop) this.#stop = undefined;
    }
    return this.#reply(works, stored);
  }

  /** @throws UserError when the plan does not fit the model */
  async change({ plan: untrusted, of }: ChangeRequest): Promise<TrainerReplies['outputChange']> {
    const { session, weights, events } = this.#parts;
    const plan = session.plan(untrusted);
    events.status('Measuring the change of the output', null);
    const name = of === 'start' ? startName(plan) : undefined;
    const start = name && parseOutputChange(await this.#parts.runs.cached(name));
    if (start) return { ...start, weights: 'untrained' };
    const model = of === 'start' ? await weights.start(plan) : await weights.of(plan);
    const keep = name ?? (model.key && `output-change-${model.key}`);
    const found = keep && parseOutputChange(await this.#parts.runs.cached(keep));
    if (found) return { ...found, weights: model.origin };
    const change = await session.onDevice(async (device) => {
      const context = await session.context(device.beside());
      const images = noisedImages(context);
      const reference = await this.#referenceOn(context, images);
      return outputChange(reference, await noiseOf(context, graftsOf(plan), model.weights, images));
    });
    if (keep !== undefined) await this.#parts.runs.cache(keep, change);
    return { ...change, weights: model.origin };
  }

  async #measure(
    works: readonly Work[],
    stored: ReadonlyMap<string, Map<SlotId, Sensitivity>>,
    signal: AbortSignal,
  ): Promise<void> {
    const missingOf = ({ candidate, slots }: Work) =>
      slots.filter((slot) => !stored.get(candidateKey(candidate))?.has(slot));
    const fresh = works.filter((work) => missingOf(work).length > 0);
    const all = works.reduce((sum, { slots }) => sum + slots.length, 0) + works.length + 1;
    const left = () =>
      works.reduce((sum, work) => sum + missingOf(work).length, 0) +
      works.filter(({ candidate }) => !this.#times.has(candidateKey(candidate))).length +
      (this.#base ? 0 : 1);
    const tell = (
      candidate: Candidate | null,
      news: Partial<Pick<SensitivityProgress, 'found' | 'times'>> = {},
    ) =>
      this.#parts.events.sensitivity({
        found: [],
        times: [],
        base: this.#base,
        ...news,
        done: all - left(),
        all,
        candidate,
      });
    await this.#parts.session.onDevice(async (device) => {
      if (fresh.length > 0) {
        await this.#withBench(device, signal, async (bench) => {
          for (const work of fresh) {
            tell(work.candidate);
            await this.#measureCandidate(
              bench,
              work,
              known(stored.get(candidateKey(work.candidate)), 'record'),
              (found) => tell(work.candidate, { found: [found] }),
            );
          }
        });
      }
      await this.#timeAll(device, works, signal, tell);
    });
  }

  async #measureCandidate(
    bench: Bench,
    { candidate, plan, slots }: Work,
    have: Map<SlotId, Sensitivity>,
    tell: (found: Sensitivity) => void,
  ): Promise<void> {
    const wanted = slots.filter((slot) => !have.has(slot));
    const tasks = slotTasks(bench.context.frame.shape, plan).filter(({ slot }) => wanted.includes(slot));
    for await (const measured of slotSensitivities(bench, tasks)) {
      // A start that ran out of range says that this candidate cannot stand here untrained; it is not kept.
      if (!Number.isFinite(measured.change)) continue;
      const found = { ...measured, candidate };
      have.set(measured.slot, found);
      tell(found);
      await this.#parts.runs.cache(recordName(candidate), [...have.values()]);
    }
  }

  async #withBench(
    device: Device,
    signal: AbortSignal,
    work: (bench: Bench) => Promise<void>,
  ): Promise<void> {
    const { session, turns } = this.#parts;
    const idle = paced(device.started.engine, (piece) => turns.whenIdle(piece, signal));
    const context = await session.context(idle);
    const teacher = uploadTeacher(context);
    try {
      const images = noisedImages(context);
      await work({ context, teacher, images, reference: await this.#referenceOn(context, images) });
    } finally {
      teacher.dispose();
    }
  }

  async #referenceOn(context: GraftContext, images: readonly Feeds[]): Promise<readonly Tensor[]> {
    this.#reference ??= await noiseOf(context, {}, context.teacher, images);
    return this.#reference;
  }

  /** Times are of this visit: a machine is not always equally fast. Each is one piece, so that waiting is not counted. */
  async #timeAll(
    device: Device,
    works: readonly Work[],
    signal: AbortSignal,
    tell: (candidate: Candidate | null, news?: { readonly times: readonly OperatorTime[] }) => void,
  ): Promise<void> {
    const { session, turns } = this.#parts;
    const { shape } = session.model.base.frame;
    const { engine } = device.started;
    if (!this.#base) {
      const milliseconds = await turns.whenIdle(() => measureBase(engine, shape, timedBatch), signal);
      this.#base = { batch: timedBatch, milliseconds };
      tell(null);
    }
    for (const { candidate, plan, slots } of works) {
      const [slot] = slots;
      const key = candidateKey(candidate);
      if (slot === undefined || this.#times.has(key)) continue;
      const operator = known(graftsOf(plan)[slot], 'operator');
      const [teacherMs, operatorMs] = await turns.whenIdle(
        () => measureOperator(engine, shape, slot, operator, timedBatch),
        signal,
      );
      const time = { candidate, kind: slotKind(slot), batch: timedBatch, teacherMs, operatorMs };
      this.#times.set(key, time);
      tell(candidate, { times: [time] });
    }
  }

  async #stored(candidate: Candidate): Promise<Map<SlotId, Sensitivity>> {
    const value = await this.#parts.runs.cached(recordName(candidate));
    const records = Array.isArray(value)
      ? value.flatMap((entry) => parseSensitivity(entry, candidate) ?? [])
      : [];
    return new Map(records.map((record) => [record.slot, record]));
  }

  #reply(works: readonly Work[], stored: ReadonlyMap<string, Map<SlotId, Sensitivity>>): Reply {
    const found = works.flatMap(({ candidate, slots }) =>
      slots.flatMap((slot) => stored.get(candidateKey(candidate))?.get(slot) ?? []),
    );
    const times = works.flatMap(({ candidate }) => this.#times.get(candidateKey(candidate)) ?? []);
    const all = works.reduce((sum, { slots }) => sum + slots.length, 0);
    const complete = found.length === all && times.length === works.length && this.#base !== null;
    return { found, times, base: this.#base, complete };
  }
}

/** Weights are no part of the name: those of the start follow from operators and seed. */
function startName({ slots, seed }: Plan): string {
  return `output-change-start-${sha256Hex(canonicalJson([slots, seed])).slice(0, 16)}`;
}

/** One record for each candidate; the store adds the fingerprint of the base. */
function recordName(candidate: Candidate): string {
  return `sensitivity-1-${sha256Hex(candidateKey(candidate)).slice(0, 16)}`;
}

/** What a message asks for, which is not trusted, as plans that were held against the open model. */
function worksOf({ candidates, slots }: Request, checked: (plan: Plan) => Plan, base: string): Work[] {
  const wrong = slots.find((slot) => !isSlotId(slot));
  if (wrong !== undefined)
    throw new UserError(`"${String(wrong)}" is no slot; slots are called like blocks.3.attn.`);
  return candidates.flatMap(({ operator: id, config }) => {
    const operator = operators.find((record) => record.id === id);
    if (!operator) throw new UserError(`There is no operator "${String(id)}" to measure.`);
    const fitting = slots.filter((slot) => slotKind(slot) === operator.kind);
    if (fitting.length === 0) return [];
    const held: SlotPlan = { operator: id, config, initialisation: 'auto' };
    const plan = checked({
      ...emptyPlan(base),
      slots: Object.fromEntries(fitting.map((slot) => [slot, held])),
    });
    return [{ candidate: { operator: id, config }, plan, slots: fitting }];
  });
}
