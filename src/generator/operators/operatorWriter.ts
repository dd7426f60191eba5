// Writes the weights of an operator for an edit: one denoising step gives the coefficients of what stage 1 would add, and
// that is added to what the operator inherits.
import type { DeviceTensor, Engine, Program } from '../../engine/engine.ts';
import { graphOf, input, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32 } from '../../lib/tensor.ts';
import { codes } from '../denoiser/blockSamples.ts';
import { scheduleOf } from '../denoiser/config.ts';
import { netInputs } from '../denoiser/trainStep.ts';
import { recover } from '../recovery.ts';
import { unet1d, unetShapes } from '../unet1d.ts';
import { layerOf, type OperatorCondition } from './condition.ts';
import { editTokens, editWidth, tokensOf } from './editTokens.ts';
import { inspectWritten, type WrittenBlock } from './inspectWritten.ts';
import type { OperatorModel } from './operatorModel.ts';
import { deviationOf } from './slotBasis.ts';

/** One noise for all edits: what differs between two starts is then the edit. */
const noiseSeed = 0;

export class OperatorWriter {
  readonly model: OperatorModel;
  readonly #program: Program;
  readonly #weights: Readonly<Record<string, DeviceTensor>>;

  private constructor(engine: Engine, model: OperatorModel, program: Program) {
    this.model = model;
    this.#program = program;
    this.#weights = Object.fromEntries(
      Object.entries(model.weights).map(([name, tensor]) => [`w/${name}`, engine.upload(tensor)]),
    );
  }

  static async create(engine: Engine, model: OperatorModel): Promise<OperatorWriter> {
    const { config } = model;
    const nodes = new Map<string, Node>(
      unetShapes(config.unet).map(([name, shape]) => [name, input(`w/${name}`, shape)]),
    );
    const { output } = unet1d(config.unet, netInputs(config, 1, editTokens), (name) =>
      known(nodes.get(name), name),
    );
    return new OperatorWriter(engine, model, await engine.compile(graphOf({ estimate: output })));
  }

  /**
   * What stage 1 would add to the inherited weights [P]; undefined for an operator, a slot or a size that it does not
   * know.
   */
  async deviation(condition: OperatorCondition, size: number): Promise<Float32Array | undefined> {
    const basis = this.model.operators.get(condition.operator)?.get(condition.slot);
    if (basis?.centre.length !== size) return undefined;
    return deviationOf(basis, await this.#coefficients(condition));
  }

  /** What was written, beside the operators of this slot that it was learnt from; undefined where it knows none. */
  async inspect(condition: OperatorCondition, size: number): Promise<WrittenBlock | undefined> {
    const { operators, trained } = this.model;
    const basis = operators.get(condition.operator)?.get(condition.slot);
    if (basis?.centre.length !== size) return undefined;
    const own = trained.filter(
      ({ operator, slot }) => operator === condition.operator && slot === condition.slot,
    );
    return inspectWritten(await this.#coefficients(condition), own);
  }

  async #coefficients(condition: OperatorCondition): Promise<Float64Array> {
    const { config, operators, timestep } = this.model;
    const noisy = randomStream(noiseSeed, 'operator', condition.slot).normal(
      new Float32Array(config.blockSize),
    );
    const { estimate } = await this.#program.run({
      ...this.#weights,
      blocks: f32([1, config.blockSize], noisy),
      timeCode: codes([timestep], config.unet.codeWidth),
      indexCode: codes([layerOf(condition.slot)], config.unet.codeWidth),
      text: f32([1, editTokens, editWidth], tokensOf(condition, [...operators.keys()])),
    });
    const answer = (await known(estimate, 'estimate').read()).data;
    estimate?.dispose();
    const { alpha, sigma } = scheduleOf(config);
    const [a = Number.NaN, s = Number.NaN] = [alpha[timestep], sigma[timestep]];
    return recover(config.prediction, noisy, answer, a, s);
  }

  async dispose(): Promise<void> {
    for (const tensor of Object.values(this.#weights)) tensor.dispose();
    await this.#program.dispose();
  }
}
