// Holds an adapter against all trained ones, block by block: whether it is as large as they are, whether it is a copy of
// one of them, or no more than their mean. What these distances are among trained adapters tells how to read them.
import { type BlockLayout, blockLayout } from '../../generator/blocks/blocks.ts';
import { phraseOf } from '../../generator/concepts/concept.ts';
import { normalised } from '../../generator/dataset/normalisation.ts';
import type { WeightDataSet } from '../../generator/dataset/weightDataSet.ts';
import { blocksOf, type DenoiserConfig } from '../../generator/denoiser/config.ts';
import { blocksOfVector } from '../../generator/denoiser/vectors.ts';
import { blockDistances, type KnownBlocks, normRatios } from '../../generator/inspect.ts';
import { known } from '../../lib/errors.ts';
import { pack } from '../../train/parameters.ts';
import type { AdapterName, Inspection } from '../generatorProtocol.ts';
import type { Adapter } from './starts.ts';

/** Trained adapters among which the typical distance is measured. */
const sampled = 8;

interface Typical {
  readonly blocks: readonly number[];
  readonly whole: number;
}

export class Inspector {
  readonly #data: WeightDataSet;
  readonly #layout: BlockLayout;
  readonly #training: readonly KnownBlocks[];
  /** Root mean square over trained adapters of every number, [N, b]. */
  readonly #size: Float32Array;
  #typical: Typical | undefined;

  constructor(data: WeightDataSet, config: Pick<DenoiserConfig, 'blockSize' | 'grouping'>) {
    this.#data = data;
    this.#layout = blocksOf(config, data.config);
    this.#training = data.entries.flatMap(({ concept, use, vectors }) =>
      use !== 'train'
        ? []
        : vectors.map((vector, checkpoint) => ({
            concept: phraseOf(concept),
            checkpoint,
            blocks: blocksOfVector(this.#layout, data.layout, vector),
          })),
    );
    this.#size = new Float32Array(this.#layout.count * this.#layout.size);
    this.#size.forEach((_, i) => {
      const squares = this.#training.reduce((sum, { blocks }) => sum + (blocks[i] ?? 0) ** 2, 0);
      this.#size[i] = Math.sqrt(squares / Math.max(1, this.#training.length));
    });
  }

  of(name: AdapterName, adapter: Adapter): Inspection {
    const { layout, normalisation } = this.#data;
    const own = blocksOfVector(
      this.#layout,
      layout,
      normalised(layout, normalisation, pack(layout, adapter)),
    );
    const distances = blockDistances(this.#layout, own, this.#training);
    const ratios = normRatios(eachBlock(this.#layout), own, this.#size);
    this.#typical ??= this.#measureTypical();
    const typical = this.#typical;
    const [nearest] = this.#wholeDistances(own);
    return {
      adapter: name,
      size: this.#layout.size,
      layers: layersOf(this.#layout),
      blocks: distances.map((found, n) => ({
        group: this.#layout.groups.findLast(({ firstBlock }) => firstBlock <= n)?.name ?? '',
        normRatio: ratios[n]?.ratio ?? Number.NaN,
        nearest: found.nearest,
        phrase: found.concept,
        mean: found.mean,
        typical: typical.blocks[n] ?? Number.NaN,
      })),
      concepts: this.#training.length,
      nearest: known(nearest, 'nearest adapter'),
      mean: this.#distance(own, undefined),
      typical: typical.whole,
    };
  }

  #wholeDistances(own: Float32Array): { readonly phrase: string; readonly distance: number }[] {
    return this.#training
      .map(({ concept, blocks }) => ({ phrase: concept, distance: this.#distance(own, blocks) }))
      .sort((a, b) => a.distance - b.distance);
  }

  /** Root mean square over real numbers; padding is zero on both sides. */
  #distance(own: Float32Array, other: Float32Array | undefined): number {
    let squares = 0;
    own.forEach((value, i) => {
      squares += (value - (other?.[i] ?? 0)) ** 2;
    });
    return Math.sqrt(squares / this.#data.layout.size);
  }

  /** Some trained adapters, each against all adapters of other concepts. */
  #measureTypical(): Typical {
    const step = Math.max(1, Math.floor(this.#training.length / sampled));
    const some = this.#training.filter((_, n) => n % step === 0).slice(0, sampled);
    const measured = some.flatMap((own) => {
      const others = this.#training.filter(({ concept }) => concept !== own.concept);
      if (others.length === 0) return [];
      return [
        {
          blocks: blockDistances(this.#layout, own.blocks, others).map(({ nearest }) => nearest),
          whole: Math.min(...others.map(({ blocks }) => this.#distance(own.blocks, blocks))),
        },
      ];
    });
    return {
      blocks: Array.from({ length: this.#layout.count }, (_, n) =>
        median(measured.map(({ blocks }) => blocks[n] ?? Number.NaN)),
      ),
      whole: median(measured.map(({ whole }) => whole)),
    };
  }
}

/** Groups of one layer stand side by side, whether they are its tensors or the whole of it. */
function layersOf({ groups }: BlockLayout): Inspection['layers'] {
  const layers: { name: string; firstBlock: number; blocks: number }[] = [];
  for (const { name: group, firstBlock, blocks } of groups) {
    const name = group.split('.')[0] ?? group;
    const last = layers.at(-1);
    if (last?.name === name) last.blocks += blocks;
    else layers.push({ name, firstBlock, blocks });
  }
  return layers;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The same blocks, each a group of its own, so that what is told by group is told by block. */
function eachBlock({ groups, size }: BlockLayout): BlockLayout {
  const single = groups.flatMap(({ name, length, blocks }) =>
    Array.from({ length: blocks }, (_, n) => {
      const real = Math.min(size, length - n * size);
      return { name: `${name} ${n}`, tensors: [{ name: `${name} ${n}`, shape: [real] }] };
    }),
  );
  return blockLayout(single, size);
}
