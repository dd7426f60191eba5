// Draws pictures of a concept with a translator, whole or a base with an adapter.
import type { Engine, Feeds, Program } from '../../engine/engine.ts';
import { graphOf } from '../../graph/index.ts';
import { known, ShapeError } from '../../lib/errors.ts';
import { showShape, type Tensor } from '../../lib/tensor.ts';
import type { TranslatorConfig } from './configuration.ts';
import { prefixed, translatorInputs } from './inputs.ts';
import type { TrainedPart } from './trainer.ts';
import { translator } from './translator.ts';

export interface RunnerSpec {
  readonly config: TranslatorConfig;
  /** `adapter`: the weights hold low-rank updates beside the base. */
  readonly part: TrainedPart;
  /** Pictures that are drawn at once. */
  readonly batch: number;
  readonly tokens: number;
}

export class TranslatorRunner {
  readonly #spec: RunnerSpec;
  readonly #program: Program;

  private constructor(spec: RunnerSpec, program: Program) {
    this.#spec = spec;
    this.#program = program;
  }

  static async create(engine: Engine, spec: RunnerSpec): Promise<TranslatorRunner> {
    const { config, part } = spec;
    const { source, text, weight } = translatorInputs(spec);
    const { image } = translator(config.shape, source, text, weight, {
      statistics: 'running',
      loraScale: part === 'adapter' ? config.loraScale : undefined,
    });
    return new TranslatorRunner(spec, await engine.compile(graphOf({ image })));
  }

  /**
   * @param weights tensors of the translator by their names, on the host or on the engine's device
   * @param source [B, 3, S, S] between −1 and 1
   * @param text [B, T, C]
   * @returns [B, 3, S, S]
   */
  async draw(weights: Feeds, source: Tensor, text: Tensor): Promise<Tensor> {
    const { batch, config } = this.#spec;
    if (source.shape[0] !== batch || source.shape[2] !== config.side) {
      throw new ShapeError(
        `The translator draws ${showShape([batch, 3, config.side, config.side])}, got pictures of ${showShape(source.shape)}.`,
      );
    }
    const { image } = await this.#program.run({ ...prefixed(weights), source, text });
    const tensor = await known(image, 'image').read();
    image?.dispose();
    return tensor;
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
