// Stage 2: lightweight fine-tuning of the grafted model with the diffusion loss (arXiv 2506.05340 §4; spec §4).
import type { DeviceTensor, Feeds, Program } from '../../engine/engine.ts';
import { graphMacs } from '../../graph/cost.ts';
import { graphOf, input, type Node } from '../../graph/index.ts';
import { DeviceError, known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { SlotOperators } from '../../models/dit.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import type { Plan } from '../../plan/plan.ts';
import { defaultAdamW } from '../adamw.ts';
import { diffusionBatches } from '../diffusionBatches.ts';
import { ditLoss, fixedFeeds } from '../ditTraining.ts';
import type { GraftContext } from '../graft/context.ts';
import { warmup } from '../learningRate.ts';
import { cut, pack } from '../parameters.ts';
import { maxSetbacks } from '../stage1/slotState.ts';
import { Trainer, type TrainerState } from '../trainer.ts';
import { buildTrainStep } from '../trainStep.ts';
import { firstNonFinite, type NonFinitePlace, type ProbedLoss } from './firstNonFinite.ts';
import { type TrainedPart, trainedPart } from './scope.ts';

export interface Stage2Record {
  /** Batches drawn so far; more than the steps taken where a loss was not finite. */
  batches: number;
  setbacks: number;
  /** Held-out diffusion loss of the moving average, and the lowest so far. */
  heldOut: number | null;
  bestHeldOut: number | null;
  initialHeldOut: number | null;
  /** Step that the best moving average was measured at; 0 is the start. */
  bestStep: number;
  /** True when the loss was not finite too often: training is over before its steps are done. */
  ended: boolean;
}

export interface Stage2State {
  readonly record: Stage2Record;
  readonly trainer: TrainerState;
  readonly best: Float32Array;
}

export interface Stage2Step {
  readonly loss: number;
  readonly heldOut: number | null;
  readonly setBack: Stage2SetBack | null;
}

/** A step that was not finite: the best moving average was restored. */
export interface Stage2SetBack {
  readonly cause: 'loss' | 'gradient';
  /** Null where it could not be found. */
  readonly place: NonFinitePlace | null;
  readonly restoredStep: number;
  /** True when this happened too often and training ends with the best weights. */
  readonly ended: boolean;
}

const heldOutBatch = 32;
const heldOutBatches = 4;

export class Finetuner {
  readonly #plan: Plan;
  readonly #part: TrainedPart;
  readonly #trainer: Trainer;
  readonly #heldOut: Program;
  readonly #probed: ProbedLoss;
  readonly #fixed: Readonly<Record<string, DeviceTensor>>;
  readonly #draw: ReturnType<typeof diffusionBatches>;
  readonly #drawHeldOut: ReturnType<typeof diffusionBatches>;
  readonly #flopsPerStep: number;
  readonly #flopsPerCheck: number;
  readonly #record: Stage2Record;
  readonly #context: GraftContext;
  #best: Float32Array;
  flops = 0;

  private constructor(made: {
    context: GraftContext;
    plan: Plan;
    part: TrainedPart;
    trainer: Trainer;
    heldOut: Program;
    probed: ProbedLoss;
    fixed: Readonly<Record<string, DeviceTensor>>;
    flopsPerStep: number;
    flopsPerCheck: number;
    record: Stage2Record;
    best: Float32Array;
  }) {
    const { context, plan } = made;
    this.#context = context;
    this.#plan = plan;
    this.#part = made.part;
    this.#trainer = made.trainer;
    this.#heldOut = made.heldOut;
    this.#probed = made.probed;
    this.#fixed = made.fixed;
    this.#flopsPerStep = made.flopsPerStep;
    this.#flopsPerCheck = made.flopsPerCheck;
    this.#record = made.record;
    this.#best = made.best;
    const common = { timesteps: context.schedule.steps, labelDropout: plan.stage2.labelDropout };
    this.#draw = diffusionBatches(context.data.stage2, context.frame.shape, {
      ...common,
      seed: plan.seed,
      purpose: 'stage2',
      batch: plan.stage2.batch,
    });
    this.#drawHeldOut = diffusionBatches(context.data.heldOut, context.frame.shape, {
      ...common,
      seed: 0,
      purpose: 'held out loss',
      batch: heldOutBatch,
    });
  }

  /** @param weights the grafted model after stage 1, by checkpoint name */
  static async create(
    context: GraftContext,
    plan: Plan,
    grafts: SlotOperators,
    weights: Readonly<Record<string, Tensor>>,
    saved: Stage2State | undefined,
  ): Promise<Finetuner> {
    const { engine, frame, schedule } = context;
    const part = trainedPart(plan, parameterShapes(frame.shape, grafts), weights);
    const frozenInput = () => input('frozen', [part.frozen.size]);
    const lossOf = (batch: number) => (own: (name: string) => Node) => {
      const frozen = part.frozen.size > 0 ? cut(part.frozen, frozenInput()) : new Map<string, Node>();
      const weight = part.weight(own, (name) => known(frozen.get(name), `frozen weight ${name}`));
      return ditLoss(frame.shape, schedule, batch, weight, grafts);
    };
    const step = buildTrainStep({
      layout: part.trained,
      loss: lossOf(plan.stage2.batch),
      optimizer: { ...defaultAdamW, weightDecay: plan.stage2.weightDecay },
      clipNorm: plan.stage2.clipNorm,
      average: 'ema',
    });
    const own = cut(part.trained, input('parameters', [part.trained.size]));
    const check = graphOf({ loss: lossOf(heldOutBatch)((name) => known(own.get(name), name)).loss });
    const fixed: Record<string, DeviceTensor> = {};
    for (const [name, table] of Object.entries(fixedFeeds(frame, schedule.steps)))
      fixed[name] = engine.upload(table);
    if (part.frozen.size > 0) {
      fixed.frozen = engine.upload(f32([part.frozen.size], pack(part.frozen, weights)));
    }
    return new Finetuner({
      context,
      plan,
      part,
      trainer: await Trainer.create(
        engine,
        step,
        saved?.trainer ?? { step: 0, vectors: { parameters: part.start } },
      ),
      heldOut: await engine.compile(check),
      probed: { layout: part.trained, loss: lossOf(plan.stage2.batch) },
      fixed,
      flopsPerStep: 2 * graphMacs(step.graph),
      flopsPerCheck: 2 * heldOutBatches * graphMacs(check),
      record: saved
        ? { ...saved.record }
        : {
            batches: 0,
            setbacks: 0,
            heldOut: null,
            bestHeldOut: null,
            initialHeldOut: null,
            bestStep: 0,
            ended: false,
          },
      best: saved?.best ?? part.start,
    });
  }

  get step(): number {
    return this.#trainer.step;
  }

  get finished(): boolean {
    return this.#record.ended || this.step >= this.#plan.stage2.steps;
  }

  get record(): Readonly<Stage2Record> {
    return this.#record;
  }

  /** The held-out loss before the first step: what the average must beat to be kept. */
  async measureStart(): Promise<void> {
    if (this.#record.initialHeldOut !== null) return;
    const start = this.#context.engine.upload(f32([this.#part.start.length], this.#part.start));
    this.#record.initialHeldOut = await this.#heldOutLoss(start);
    this.#record.bestHeldOut = this.#record.initialHeldOut;
    start.dispose();
  }

  async run(): Promise<Stage2Step> {
    const { learningRate, warmupSteps, emaDecay } = this.#plan.stage2;
    const rate = warmup(learningRate, warmupSteps, this.step) / 2 ** this.#record.setbacks;
    // The average widens to its full length, so that short runs are not held at their start.
    const keep = Math.max(1 - emaDecay, 1 / (this.step + 2));
    const feeds: Feeds = { ...this.#fixed, ...this.#draw(this.#record.batches) };
    const result = await this.#trainer.run(feeds, rate, keep);
    for (const extra of Object.values(result.extras)) extra.dispose();
    this.#record.batches++;
    this.flops += this.#flopsPerStep;
    if (!result.sound) {
      const cause = Number.isFinite(result.loss) ? 'gradient' : 'loss';
      return { loss: result.loss, heldOut: null, setBack: await this.#setBack(cause, feeds) };
    }
    return { loss: result.loss, heldOut: this.#isMeasured() ? await this.#measure() : null, setBack: null };
  }

  /** Ends before the steps are done: what was learned since the last measurement is measured too. */
  async end(): Promise<void> {
    if (this.step > 0 && !this.#isMeasured()) await this.#measure();
  }

  /** The weights that led here cannot be trusted, though they are finite: one step further they overflow. */
  async #setBack(cause: Stage2SetBack['cause'], feeds: Feeds): Promise<Stage2SetBack> {
    const place = await this.#placeOfFault(feeds);
    this.#record.setbacks++;
    this.#record.ended = this.#record.setbacks > maxSetbacks;
    this.#trainer.restart(this.#best);
    return { cause, place, restoredStep: this.#record.bestStep, ended: this.#record.ended };
  }

  async #placeOfFault(feeds: Feeds): Promise<NonFinitePlace | null> {
    const { engine } = this.#context;
    try {
      return await firstNonFinite(engine, this.#probed, {
        ...feeds,
        parameters: this.#trainer.device('parameters'),
      });
    } catch (error) {
      // There may be no room for one more program; the run is worth more than the answer.
      if (error instanceof DeviceError && error.code === 'out-of-memory') return null;
      throw error;
    }
  }

  #isMeasured(): boolean {
    const every = Math.max(10, Math.round(this.#plan.stage2.steps / 10));
    return this.step % every === 0 || this.finished;
  }

  async #measure(): Promise<number> {
    const loss = await this.#heldOutLoss(this.#trainer.device('ema'));
    this.#record.heldOut = loss;
    if (this.#record.bestHeldOut === null || loss < this.#record.bestHeldOut) {
      this.#record.bestHeldOut = loss;
      this.#record.bestStep = this.step;
      this.#best = await this.#trainer.vector('ema');
    }
    return loss;
  }

  async #heldOutLoss(parameters: DeviceTensor): Promise<number> {
    let sum = 0;
    for (let i = 0; i < heldOutBatches; i++) {
      const { loss } = await this.#heldOut.run({ ...this.#fixed, ...this.#drawHeldOut(i), parameters });
      sum += (await known(loss, 'loss').read()).data[0] ?? Number.NaN;
      loss?.dispose();
    }
    this.flops += this.#flopsPerCheck;
    return sum / heldOutBatches;
  }

  /** The whole model with the best moving average so far. */
  best(): Record<string, Tensor> {
    return this.#part.finish(this.#best);
  }

  async state(): Promise<Stage2State> {
    return { record: { ...this.#record }, trainer: await this.#trainer.state(), best: this.#best };
  }

  async dispose(): Promise<void> {
    for (const table of Object.values(this.#fixed)) table.dispose();
    await this.#trainer.dispose();
    await this.#heldOut.dispose();
  }
}
