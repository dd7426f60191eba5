// Weights that a translator and its discriminator begin with.
import { known } from '../../lib/errors.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Shape, sizeOf, type Tensor } from '../../lib/tensor.ts';
import type { NamedShape } from '../layers/textTransformer.ts';
import { adapterLayout, frozenDownShapes } from './adapter.ts';
import type { TranslatorConfig } from './configuration.ts';
import { discriminatorShapes } from './discriminator.ts';
import { baseShapes, loraLayers, loraNames, loraShapes, statisticsShapes } from './shape.ts';

type Weights = Record<string, Tensor>;
/** Deviation of convolutions and of the scales of batch normalisations, as the released pix2pix starts them. */
const deviation = 0.02;

function each(shapes: readonly NamedShape[], values: (name: string, shape: Shape) => Float32Array): Weights {
  return Object.fromEntries(shapes.map(([name, shape]) => [name, f32(shape, values(name, shape))]));
}

function normal(seed: number, name: string, shape: Shape, spread: number, middle = 0): Float32Array {
  const draw = randomStream(seed, 'translator', name).normal(new Float32Array(sizeOf(shape)));
  return draw.map((z) => middle + spread * z);
}

/** Convolutions N(0, 0.02), scales N(1, 0.02) (pix2pix); linear layers Xavier-uniform, layer norms at one (ours). */
export function freshTranslator({ shape }: TranslatorConfig, seed: number): Weights {
  return {
    ...each(baseShapes(shape), (name, extent) => fresh(name, extent, seed)),
    ...freshStatistics(shape),
  };
}

export function freshJudge({ judgeWidth }: TranslatorConfig, seed: number): Weights {
  return each(discriminatorShapes(judgeWidth), (name, shape) => fresh(`d/${name}`, shape, seed));
}

function fresh(name: string, shape: Shape, seed: number): Float32Array {
  if (name.endsWith('.bias')) return new Float32Array(sizeOf(shape));
  if (/norm\d\.weight$/.test(name)) return new Float32Array(sizeOf(shape)).fill(1);
  if (/bn\d?\.weight$/.test(name)) return normal(seed, name, shape, deviation, 1);
  if (shape.length === 4) return normal(seed, name, shape, deviation);
  const bound = Math.sqrt(6 / ((shape[0] ?? 1) + (shape[1] ?? 1)));
  const draw = randomStream(seed, 'translator', name).uniform(0, sizeOf(shape));
  return Float32Array.from(draw, (u) => (2 * u - 1) * bound);
}

function freshStatistics(shape: TranslatorConfig['shape']): Weights {
  return each(statisticsShapes(shape), (name, extent) =>
    new Float32Array(sizeOf(extent)).fill(name.endsWith('running_var') ? 1 : 0),
  );
}

/**
 * An adapter that changes nothing yet: up is zero, normalisations are the base's; down, where it is trained, is the
 * same for every run of one seed, so that runs that all leave from one A stay comparable.
 */
export function freshAdapter(
  config: TranslatorConfig,
  base: Readonly<Record<string, Tensor>>,
  seed: number,
): Weights {
  const lora = new Map(loraShapes(config.shape, config.ranks));
  const downs = new Set(loraLayers.map((layer) => loraNames(layer).down));
  return Object.fromEntries(
    adapterLayout(config).entries.map(({ name, shape, size }) => {
      if (!lora.has(name)) return [name, known(base[name], name)];
      return [name, f32(shape, downs.has(name) ? freshDown(name, shape, seed) : new Float32Array(size))];
    }),
  );
}

/** The down projections that every adapter of a base has, where none trains them: what a base begins with (principalDown.ts). */
export function frozenDown(config: TranslatorConfig): Weights {
  return each(frozenDownShapes(config), (name, shape) => freshDown(name, shape, sharedAdapterSeed));
}

/** N(0, 1/inputs): what it gives is as large as what it is given. */
function freshDown(name: string, shape: Shape, seed: number): Float32Array {
  return normal(seed, name, shape, sizeOf(shape.slice(1)) ** -0.5);
}

/** Seed of the one down projection that all adapters of a data set share or leave from. */
export const sharedAdapterSeed = 0;
