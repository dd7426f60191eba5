// Draws with a translator: the statistics of its normalisations by one pass over pictures, then pictures of a concept.
import type { Engine, Feeds, Program } from '../../engine/engine.ts';
import { graphOf, input, type Node } from '../../graph/index.ts';
import { known, ShapeError } from '../../lib/errors.ts';
import { f32, type Shape, showShape, type Tensor } from '../../lib/tensor.ts';
import { adapterLayout } from './adapter.ts';
import type { TranslatorConfig } from './configuration.ts';
import { baseShapes, statisticsShapes } from './shape.ts';
import type { TrainedPart } from './trainer.ts';
import { translator } from './translator.ts';

export interface RunnerSpec {
  readonly config: TranslatorConfig;
  /** `adapter`: the weights hold low-rank updates beside the base. */
  readonly part: TrainedPart;
  /** Pictures that are drawn at once. */
  readonly batch: number;
  /** Pictures of one batch of the pass over statistics. */
  readonly statisticsBatch: number;
  readonly tokens: number;
}

/** Tensors of a translator by their names, on the host or on the engine's device. */
export type TranslatorFeeds = Feeds;

export class TranslatorRunner {
  readonly #spec: RunnerSpec;
  readonly #drawing: Program;
  readonly #measuring: Program;

  private constructor(spec: RunnerSpec, drawing: Program, measuring: Program) {
    this.#spec = spec;
    this.#drawing = drawing;
    this.#measuring = measuring;
  }

  static async create(engine: Engine, spec: RunnerSpec): Promise<TranslatorRunner> {
    const drawing = await engine.compile(graphOf(drawn(spec, spec.batch, 'running')));
    const measuring = await engine.compile(graphOf(drawn(spec, spec.statisticsBatch, 'batch')));
    return new TranslatorRunner(spec, drawing, measuring);
  }

  /**
   * Mean and variance of every normalisation over all pictures of the batches: the variance within batches plus that of
   * their means. Generated weights shift every layer's statistics, so those of the base would not fit.
   */
  async statistics(
    weights: TranslatorFeeds,
    batches: readonly { readonly source: Tensor; readonly text: Tensor }[],
  ): Promise<Record<string, Tensor>> {
    const shapes = new Map(statisticsShapes(this.#spec.config.shape));
    const means = new Map<string, Float64Array>();
    const squares = new Map<string, Float64Array>();
    for (const { source, text } of batches) {
      const outputs = await this.#measuring.run({ ...prefixed(weights), source, text });
      for (const name of shapes.keys()) {
        if (!name.endsWith('running_mean')) continue;
        const place = name.slice(0, -'.running_mean'.length);
        const mean = (await known(outputs[name], name).read()).data;
        const variance = (await known(outputs[`${place}.running_var`], place).read()).data;
        const add = (sums: Map<string, Float64Array>, value: (i: number) => number) => {
          const sum = sums.get(place) ?? new Float64Array(mean.length);
          sums.set(
            place,
            sum.map((before, i) => before + value(i) / batches.length),
          );
        };
        add(means, (i) => mean[i] ?? Number.NaN);
        add(squares, (i) => (variance[i] ?? Number.NaN) + (mean[i] ?? Number.NaN) ** 2);
      }
      for (const output of Object.values(outputs)) output.dispose();
    }
    const statistics: Record<string, Tensor> = {};
    for (const [place, mean] of means) {
      const square = known(squares.get(place), place);
      const shape: Shape = [mean.length];
      statistics[`${place}.running_mean`] = f32(shape, mean);
      statistics[`${place}.running_var`] = f32(
        shape,
        square.map((value, i) => Math.max(0, value - (mean[i] ?? 0) ** 2)),
      );
    }
    return statistics;
  }

  /** source [B, 3, S, S] between −1 and 1, text [B, T, C] → [B, 3, S, S]. */
  async draw(weights: TranslatorFeeds, source: Tensor, text: Tensor): Promise<Tensor> {
    const { batch, config } = this.#spec;
    if (source.shape[0] !== batch || source.shape[2] !== config.side) {
      throw new ShapeError(
        `The translator draws ${showShape([batch, 3, config.side, config.side])}, got pictures of ${showShape(source.shape)}.`,
      );
    }
    const { image } = await this.#drawing.run({ ...prefixed(weights), source, text });
    const tensor = await known(image, 'image').read();
    image?.dispose();
    return tensor;
  }

  async dispose(): Promise<void> {
    await this.#drawing.dispose();
    await this.#measuring.dispose();
  }
}

function prefixed(weights: TranslatorFeeds): Feeds {
  return Object.fromEntries(Object.entries(weights).map(([name, feed]) => [`w/${name}`, feed]));
}

/** The picture, or of `batch` the statistics by the names of the running averages. */
function drawn({ config, part, tokens }: RunnerSpec, batch: number, from: 'batch' | 'running') {
  const adapter = part === 'adapter' ? adapterLayout(config).entries : [];
  const shapes = new Map([
    ...baseShapes(config.shape),
    ...statisticsShapes(config.shape),
    ...adapter.map(({ name, shape }) => [name, shape] as const),
  ]);
  const nodes = new Map<string, Node>();
  const weight = (name: string): Node => {
    const node = nodes.get(name) ?? input(`w/${name}`, known(shapes.get(name), name));
    nodes.set(name, node);
    return node;
  };
  const { image, statistics } = translator(
    config.shape,
    input('source', [batch, 3, config.side, config.side]),
    input('text', [batch, tokens, config.shape.context]),
    weight,
    { statistics: from, loraScale: part === 'adapter' ? config.loraScale : undefined },
  );
  const outputs: Record<string, Node> = {};
  if (from === 'running') outputs.image = image;
  for (const [place, { mean, variance }] of Object.entries(statistics)) {
    outputs[`${place}.running_mean`] = mean;
    outputs[`${place}.running_var`] = variance;
  }
  return outputs;
}
