// The open model on its device, with what is loaded when it is first needed.
import { DeviceError, UserError } from '../../lib/errors.ts';
import type { ScorerFiles } from '../../metrics/scorerFiles.ts';
import { siteOf } from '../../models/shape.ts';
import type { Plan } from '../../plan/plan.ts';
import { parsePlan, planProblem } from '../../plan/validate.ts';
import {
  bundledBase,
  type GraftData,
  graftContext,
  loadGraftData,
  loadScorerFiles,
} from '../../train/bundle.ts';
import type { GraftContext } from '../../train/graft/context.ts';
import { slotTasks } from '../../train/stage1/slotTask.ts';
import type { EngineChoice, ModelInfo, WrittenSlot } from '../protocol.ts';
import { Device } from './device.ts';
import type { StartedEngine, TrainerEnvironment } from './environment.ts';
import type { Events } from './events.ts';
import { fitsBundledData, limitsInMemory } from './limits.ts';
import type { OpenModel } from './openModel.ts';
import type { Turns } from './turns.ts';
import { WrittenStarts } from './writtenStarts.ts';

export interface SessionParts {
  readonly environment: TrainerEnvironment;
  readonly choice: EngineChoice;
  readonly model: OpenModel;
  readonly started: StartedEngine;
  readonly turns: Turns;
  readonly events: Events;
}

export class Session {
  readonly model: OpenModel;
  readonly info: ModelInfo;
  readonly choice: EngineChoice;
  readonly #parts: SessionParts;
  readonly #writtenStarts: WrittenStarts;
  #device: Promise<Device>;
  #data: Promise<GraftData> | undefined;

  constructor(parts: SessionParts) {
    const { model, started, turns, choice } = parts;
    const limits = limitsInMemory(model.label, model.base.frame.shape);
    this.#parts = parts;
    this.#writtenStarts = new WrittenStarts(parts.environment.read);
    this.model = model;
    this.choice = choice;
    this.#device = Promise.resolve(new Device(started, model.base.frame, turns));
    this.info = {
      id: model.id,
      label: model.label,
      engine: started.engine.description,
      parallel: started.parallel,
      note: [started.note, model.note].filter((note) => note !== null).join(' ') || null,
      ...(started.remark && { remark: started.remark }),
      config: model.base.frame.shape,
      classNames: model.classNames,
      pretrainingFlops: model.base.pretrainingFlops,
      ...(limits && { limits }),
      unknown: model.unknown,
    };
  }

  get device(): Promise<Device> {
    return this.#device;
  }

  /** After the device was lost: a new one, with nothing on it. */
  replaceDevice(lost: Device): void {
    const { environment, choice, model, turns } = this.#parts;
    this.#device = environment
      .startEngine(choice)
      .then((started) => new Device(started, model.base.frame, turns));
    this.#device.catch(() => undefined); // Whoever asks for it next is told.
    void lost.dispose();
  }

  /** Work of many short waits, such as reading files, in one gap of a run: else each wait would last a step. */
  beside<T>(work: () => Promise<T>): Promise<T> {
    return this.#parts.turns.beside(work);
  }

  /** Does work on the device, and replaces the device when it was lost meanwhile. */
  async onDevice<T>(work: (device: Device) => Promise<T>): Promise<T> {
    const device = await this.#device;
    try {
      return await work(device);
    } catch (error) {
      const isLost = error instanceof DeviceError && error.code === 'device-lost';
      if (isLost && (await this.#device) === device) this.replaceDevice(device);
      throw error;
    }
  }

  /** The plan in a message, which is not trusted, held against the open model. */
  plan(value: unknown): Plan {
    const plan = parsePlan(value);
    const { shape } = this.model.base.frame;
    const problem = planProblem(plan, {
      id: this.model.id,
      depth: shape.depth,
      site: (slot) => siteOf(shape, slot),
    });
    if (problem) throw new UserError(problem);
    return plan;
  }

  /** What a run works on. Loads the images. */
  async context(engine: GraftContext['engine']): Promise<GraftContext> {
    const context = graftContext(engine, this.model.base, await this.#loadedData());
    if (this.model.id !== bundledBase.id) return context;
    return { ...context, writeStart: this.#writtenStarts.on(context) };
  }

  /** What the generator of operators writes for a plan, beside what it was trained on. */
  async written(plan: Plan): Promise<WrittenSlot[]> {
    if (this.model.id !== bundledBase.id) return [];
    const { frame } = this.model.base;
    return this.onDevice((device) =>
      this.#writtenStarts.inspect(device.beside(), frame.shape, slotTasks(frame.shape, plan)),
    );
  }

  scorerFiles(): Promise<ScorerFiles> {
    this.#checkFits();
    this.#parts.events.status('Loading the classifier', null);
    return loadScorerFiles(this.#parts.environment.read);
  }

  #loadedData(): Promise<GraftData> {
    this.#checkFits();
    if (!this.#data) {
      this.#parts.events.status('Loading the images', null);
      this.#data = loadGraftData(this.#parts.environment.read);
      this.#data.catch(() => {
        this.#data = undefined;
      });
    }
    return this.#data;
  }

  #checkFits(): void {
    if (fitsBundledData(this.model.base.frame.shape)) return;
    const { channels, inputSize, classes } = this.model.base.frame.shape;
    throw new UserError(
      `${this.model.label} draws ${channels}×${inputSize}×${inputSize} in ${classes} classes, but the images that ship with Scion are ` +
        '1×32×32 in 10 classes: this model can be sampled, edited, measured and exported here, not trained or scored.',
    );
  }

  async dispose(): Promise<void> {
    await this.#device.then((device) => device.dispose()).catch(() => undefined);
  }
}
