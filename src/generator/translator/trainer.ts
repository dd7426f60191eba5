// Trains a translator against its discriminator on any engine: all of it, the adapter of one concept, or a base and many
// concepts' adapters together. The program is compiled once and serves every concept; a run is its state, which is begun, stepped and read.
import type { DeviceTensor, Engine, Feeds, Program } from '../../engine/engine.ts';
import { input } from '../../graph/index.ts';
import { known, UserError } from '../../lib/errors.ts';
import { f32, type Shape, scalar, type Tensor } from '../../lib/tensor.ts';
import { stepScalars } from '../../train/adamw.ts';
import { layoutOf, type ParameterLayout, pack } from '../../train/parameters.ts';
import type { TranslatorBatch } from '../data/batches.ts';
import { adapterLayout, frozenDownShapes } from './adapter.ts';
import type { TranslatorConfig } from './configuration.ts';
import { discriminatorShapes } from './discriminator.ts';
import { translatorInputs } from './inputs.ts';
import { defaultLambda } from './losses.ts';
import { pix2pixAdam, pix2pixState, pix2pixStep } from './pix2pixStep.ts';
import { baseShapes, statisticsShapes } from './shape.ts';
import { addedToBase, togetherLayout } from './together.ts';
import type { TranslatorOptions } from './translator.ts';

export type TrainedPart = 'everything' | 'adapter' | 'together';
type StateVector = (typeof pix2pixState)[number];
type Weights = Readonly<Record<string, Tensor>>;

/** Everything that a resumed run needs. */
export interface TranslatorState {
  readonly step: number;
  readonly vectors: Readonly<Record<StateVector, Float32Array>>;
  /** Running averages of the normalisations: `stem.bn.running_mean`, the discriminator's as `d/bn2.…`. */
  readonly running: Readonly<Record<string, Float32Array>>;
}

export interface StepLosses {
  /** Mean absolute distance to the target, before λ. */
  readonly distance: number;
  readonly adversarial: number;
  readonly made: number;
  readonly real: number;
  /** False when a loss was not finite; the state is then as before the step. */
  readonly sound: boolean;
}

export interface TrainerSpec {
  readonly config: TranslatorConfig;
  readonly part: TrainedPart;
  readonly batch: number;
  /** Tokens of a phrase. */
  readonly tokens: number;
  /** Concepts that have an adapter each; of `together` alone. */
  readonly concepts?: number;
  readonly lambda?: number;
}

/**
 * An adapter is trained and drawn with the base's running averages: the base tells concepts apart by the means of its
 * channels, which batch normalisation over pictures of one concept would take off again.
 */
export function optionsOf({ loraScale }: TranslatorConfig, part: TrainedPart): TranslatorOptions {
  return {
    statistics: part === 'adapter' ? 'running' : 'batch',
    loraScale: part === 'everything' ? undefined : loraScale,
  };
}

/** @param concepts with an adapter each; of `together` alone */
export function trainedLayout(config: TranslatorConfig, part: TrainedPart, concepts = 0): ParameterLayout {
  if (part === 'together') return togetherLayout(config, concepts);
  return part === 'adapter' ? adapterLayout(config) : layoutOf(baseShapes(config.shape));
}

export function judgeLayout({ judgeWidth }: TranslatorConfig): ParameterLayout {
  return layoutOf(discriminatorShapes(judgeWidth));
}

/** Running averages by the names of their inputs, with their shapes. */
function runningShapes({ shape, judgeWidth }: TranslatorConfig): Map<string, Shape> {
  const judge: Shape = [2 * judgeWidth];
  return new Map([...statisticsShapes(shape), ['d/bn2.running_mean', judge], ['d/bn2.running_var', judge]]);
}

/** The state before the first step; missing running averages start at mean 0 and variance 1. */
export function firstState(
  config: TranslatorConfig,
  part: TrainedPart,
  weights: Weights,
  judge: Weights,
  concepts = 0,
): TranslatorState {
  const [trained, judged] = [trainedLayout(config, part, concepts), judgeLayout(config)];
  const zeros = (layout: ParameterLayout) => new Float32Array(layout.size);
  const running = [...runningShapes(config)].map(([name, [channels = 0]]) => {
    const given = weights[name]?.data;
    const start = new Float32Array(channels).fill(name.endsWith('running_var') ? 1 : 0);
    return [name, given ? Float32Array.from(given) : start];
  });
  return {
    step: 0,
    vectors: {
      g: pack(trained, weights),
      'g.m': zeros(trained),
      'g.v': zeros(trained),
      d: pack(judged, judge),
      'd.m': zeros(judged),
      'd.v': zeros(judged),
    },
    running: Object.fromEntries(running),
  };
}

/** `running/…` outputs replace these inputs: the translator's lie below `w/`, the discriminator's below `d/`. */
const runningFeed = (name: string) => (name.startsWith('d/') ? name : `w/${name}`);

export class TranslatorTrainer {
  readonly #engine: Engine;
  readonly #program: Program;
  readonly #spec: TrainerSpec;
  readonly #frozen: Feeds;
  #vectors: Record<string, DeviceTensor> = {};
  #running: Record<string, DeviceTensor> = {};
  #step = 0;

  private constructor(engine: Engine, program: Program, spec: TrainerSpec, frozen: Feeds) {
    this.#engine = engine;
    this.#program = program;
    this.#spec = spec;
    this.#frozen = frozen;
  }

  /** @param base tensors that are not trained; of `everything`, none are needed */
  static async create(engine: Engine, spec: TrainerSpec, base: Weights): Promise<TranslatorTrainer> {
    const { config, part, batch } = spec;
    const trained = trainedLayout(config, part, spec.concepts);
    const frozenDown = part === 'everything' ? [] : frozenDownShapes(config);
    const own = new Set(trained.entries.map(({ name }) => name));
    const frozen = [...baseShapes(config.shape), ...frozenDown].filter(([name]) => !own.has(name));
    const { source, text, weight } = translatorInputs(spec);
    const graph = pix2pixStep({
      shape: config.shape,
      trained,
      judge: judgeLayout(config),
      frozen: weight,
      ...(part === 'together' && {
        derived: (own) => addedToBase(config, own, input('rows', [batch], 'i32')),
      }),
      options: optionsOf(config, part),
      images: { source, target: input('target', source.shape), text },
      lambda: spec.lambda ?? defaultLambda,
      optimizer: pix2pixAdam,
    });
    const missing = frozen.find(([name]) => !base[name]);
    if (missing) throw new UserError(`The base lacks "${missing[0]}"; is this file of the same translator?`);
    const uploaded = frozen.map(([name]) => [`w/${name}`, engine.upload(known(base[name], name))] as const);
    return new TranslatorTrainer(engine, await engine.compile(graph), spec, Object.fromEntries(uploaded));
  }

  /** Steps that this run has taken. */
  get step(): number {
    return this.#step;
  }

  /** Replaces the run by another one. */
  begin({ step, vectors, running }: TranslatorState): void {
    const upload = (data: Float32Array) => this.#engine.upload(f32([data.length], data.slice()));
    this.#forget();
    this.#step = step;
    this.#vectors = Object.fromEntries(pix2pixState.map((name) => [name, upload(vectors[name])]));
    this.#running = Object.fromEntries(
      Object.entries(running).map(([name, data]) => [runningFeed(name), upload(data)]),
    );
  }

  /** @param rows each picture's row of the adapters' table, i32 [B]; of `together` alone */
  async run(
    { source, target, text }: TranslatorBatch,
    learningRate: number,
    rows?: Tensor,
  ): Promise<StepLosses> {
    const scalars = stepScalars(pix2pixAdam, learningRate, this.#step + 1);
    const outputs = await this.#program.run({
      ...this.#frozen,
      ...this.#vectors,
      ...this.#running,
      ...(rows && { rows }),
      source,
      target,
      text,
      learningRate: scalar(scalars.learningRate),
      stepSize: scalar(scalars.stepSize),
      rootCorrection: scalar(scalars.rootCorrection),
    });
    const value = async (name: string) =>
      (await known(outputs[`loss/${name}`], name).read()).data[0] ?? Number.NaN;
    const losses = {
      distance: await value('g.distance'),
      adversarial: await value('g.adversarial'),
      made: await value('d.made'),
      real: await value('d.real'),
    };
    const sound = Object.values(losses).every(Number.isFinite);
    const isState = (name: string): name is StateVector => name in this.#vectors;
    const vectors: Record<string, DeviceTensor> = {};
    const running: Record<string, DeviceTensor> = {};
    for (const [name, output] of Object.entries(outputs)) {
      if (sound && isState(name)) vectors[name] = output;
      else if (sound && name.startsWith('running/')) running[runningFeed(name.slice(8))] = output;
      else output.dispose();
    }
    if (sound) {
      for (const tensor of Object.values(this.#vectors)) tensor.dispose();
      for (const name of Object.keys(running)) this.#running[name]?.dispose();
      this.#vectors = vectors;
      this.#running = { ...this.#running, ...running };
      this.#step++;
    }
    return { ...losses, sound };
  }

  /** The trained numbers of the translator, in the order of `trainedLayout`. */
  async trained(): Promise<Float32Array> {
    return this.#read(this.#vectors.g, 'g');
  }

  async state(): Promise<TranslatorState> {
    const vector = (name: StateVector) => this.#read(this.#vectors[name], name);
    const running: Record<string, Float32Array> = {};
    for (const name of runningShapes(this.#spec.config).keys()) {
      running[name] = await this.#read(this.#running[runningFeed(name)], name);
    }
    return {
      step: this.#step,
      vectors: {
        g: await vector('g'),
        'g.m': await vector('g.m'),
        'g.v': await vector('g.v'),
        d: await vector('d'),
        'd.m': await vector('d.m'),
        'd.v': await vector('d.v'),
      },
      running,
    };
  }

  async dispose(): Promise<void> {
    this.#forget();
    await this.#program.dispose();
  }

  async #read(tensor: DeviceTensor | undefined, name: string): Promise<Float32Array> {
    return Float32Array.from((await known(tensor, name).read()).data);
  }

  #forget(): void {
    for (const tensor of [...Object.values(this.#vectors), ...Object.values(this.#running)]) tensor.dispose();
  }
}
