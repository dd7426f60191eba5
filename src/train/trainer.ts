// Runs a train step: keeps its state on the device, swaps it only when the step was sound, and hands it out for saving.
import type { DeviceTensor, Engine, Feeds, Program } from '../engine/engine.ts';
import { known } from '../lib/errors.ts';
import { f32, scalar, type Tensor } from '../lib/tensor.ts';
import { stepScalars } from './adamw.ts';
import type { StateName, TrainStep } from './trainStep.ts';

/** Everything that a resumed run needs: the vectors and the number of steps taken. */
export interface TrainerState {
  readonly step: number;
  readonly vectors: Readonly<Partial<Record<StateName, Float32Array>>>;
  /** Step at which the optimizer's moments were last cleared; 0 where they never were. */
  readonly clearedAt?: number;
}

export interface StepResult {
  readonly loss: number;
  readonly gradientNorm: number;
  /** False when loss or gradient was not finite; the state is then as before the step. */
  readonly sound: boolean;
  readonly extras: Readonly<Record<string, DeviceTensor>>;
}

export class Trainer {
  readonly #program: Program;
  readonly #plan: TrainStep;
  #state: Record<string, DeviceTensor>;
  #spare: Record<string, DeviceTensor> = {};
  #step: number;
  #clearedAt: number;
  readonly #engine: Engine;

  private constructor(
    engine: Engine,
    program: Program,
    plan: TrainStep,
    state: Record<string, DeviceTensor>,
    { step, clearedAt = 0 }: TrainerState,
  ) {
    this.#engine = engine;
    this.#program = program;
    this.#plan = plan;
    this.#state = state;
    this.#step = step;
    this.#clearedAt = clearedAt;
  }

  static async create(engine: Engine, plan: TrainStep, initial: TrainerState): Promise<Trainer> {
    const program = await engine.compile(plan.graph);
    return new Trainer(engine, program, plan, uploaded(engine, plan, initial.vectors), initial);
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /** @param emaKeep 1 − decay of the moving average in this step */
  async run(feeds: Feeds, learningRate: number, emaKeep = 0): Promise<StepResult> {
    const scalars = stepScalars(this.#plan.optimizer, learningRate, this.#step - this.#clearedAt + 1);
    const outputs = await this.#program.run(
      {
        ...feeds,
        ...this.#state,
        learningRate: scalar(scalars.learningRate),
        stepSize: scalar(scalars.stepSize),
        rootCorrection: scalar(scalars.rootCorrection),
        emaKeep: scalar(emaKeep),
      },
      this.#spare,
    );
    const { loss, gradientNorm, ...rest } = outputs;
    const [lossValue, normValue] = [await numberIn(loss), await numberIn(gradientNorm)];
    const sound = Number.isFinite(lossValue) && Number.isFinite(normValue);
    const next: Record<string, DeviceTensor> = {};
    const extras: Record<string, DeviceTensor> = {};
    for (const [name, value] of Object.entries(rest)) {
      (name in this.#state ? next : extras)[name] = value;
    }
    const old = this.#state;
    if (sound) {
      this.#state = next;
      this.#step++;
    }
    this.#retire(sound ? old : next);
    return { loss: lossValue, gradientNorm: normValue, sound, extras };
  }

  /** Vectors that are no longer needed become the room of the next step's results. */
  #retire(vectors: Record<string, DeviceTensor>): void {
    for (const [name, value] of Object.entries(this.#spare)) {
      // An engine that writes in place gave the spare vector back as the result.
      if (value !== vectors[name] && value !== this.#state[name]) value.dispose();
    }
    this.#spare = vectors;
  }

  async state(): Promise<TrainerState> {
    const vectors: Partial<Record<StateName, Float32Array>> = {};
    for (const name of this.#plan.state) vectors[name] = await this.vector(name);
    return { step: this.#step, vectors, clearedAt: this.#clearedAt };
  }

  /** Goes on from these parameters with cleared moments; the steps taken still count. */
  restart(parameters: Float32Array): void {
    for (const value of Object.values(this.#state)) value.dispose();
    this.#state = uploaded(this.#engine, this.#plan, { parameters });
    this.#clearedAt = this.#step;
  }

  /** A copy of one state vector. */
  async vector(name: StateName): Promise<Float32Array> {
    const { data } = await known(this.#state[name], name).read();
    return Float32Array.from(data);
  }

  /** A state vector where it lives, valid until the next step. */
  device(name: StateName): DeviceTensor {
    return known(this.#state[name], name);
  }

  async dispose(): Promise<void> {
    for (const value of [...Object.values(this.#state), ...Object.values(this.#spare)]) value.dispose();
    this.#state = {};
    this.#spare = {};
    await this.#program.dispose();
  }
}

/** Vectors that are not given start at zero, the moving average at the parameters. */
function uploaded(
  engine: Engine,
  { layout: { size }, state }: TrainStep,
  vectors: TrainerState['vectors'],
): Record<string, DeviceTensor> {
  const entries = state.map((name): [string, DeviceTensor] => {
    const start = name === 'ema' ? vectors.parameters : undefined;
    const data = (vectors[name] ?? start ?? new Float32Array(size)).slice();
    return [name, engine.upload(f32([size], data))];
  });
  return Object.fromEntries(entries);
}

async function numberIn(value: DeviceTensor | undefined): Promise<number> {
  const tensor: Tensor = await known(value, 'scalar result').read();
  value?.dispose();
  return tensor.data[0] ?? Number.NaN;
}
