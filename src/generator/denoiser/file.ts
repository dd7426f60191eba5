// The generator as one file: the averaged weights in half precision, and everything that reading them needs.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32, sameShape, showShape, type Tensor } from '../../lib/tensor.ts';
import type { Components } from '../dataset/components.ts';
import type { Normalisation } from '../dataset/normalisation.ts';
import type { HintBasis } from '../hint/basis.ts';
import { adapterLayout } from '../translator/adapter.ts';
import { type TranslatorConfig, translatorConfig } from '../translator/configuration.ts';
import { unetShapes } from '../unet1d.ts';
import { componentShapes } from './blockCoder.ts';
import { type DenoiserConfig, denoiserConfig } from './config.ts';

export interface GeneratorModel {
  readonly config: DenoiserConfig;
  readonly translator: TranslatorConfig;
  /** SHA-256 of the base that the generated adapters belong to. */
  readonly base: string;
  /** The timestep of the one denoising step. */
  readonly timestep: number;
  readonly normalisation: Normalisation;
  /** Where blocks hold components. */
  readonly components?: Components | undefined;
  /** Of a net that reads hints. */
  readonly hint?: HintBasis | undefined;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** The shell, the base and the generator are to fit a page's budget. */
export const largestFile = 12 * 2 ** 20;
const centreName = 'normalisation.centre';
const spreadName = 'hint.spread';
const responseName = 'hint.response';
const componentName = (group: string) => `components.${group}`;

export function encodeGenerator(
  { config, translator, base, timestep, normalisation, components = {}, hint, weights }: GeneratorModel,
  facts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const { centre, scale } = normalisation;
  const file = writeSafetensors(
    {
      ...weights,
      ...prefixed(components),
      [centreName]: f32([centre.length], centre),
      ...(hint && { [spreadName]: hint.spread, [responseName]: hint.response }),
    },
    {
      ...facts,
      generator: JSON.stringify(config),
      translator: JSON.stringify(translator),
      base,
      timestep: String(timestep),
      scale: JSON.stringify([...scale]),
      ...(hint && { hintNoise: String(hint.noise) }),
    },
    { dtype: 'f16' },
  );
  if (file.length <= largestFile) return file;
  throw new FileError(
    `The generator would take ${(file.length / 2 ** 20).toFixed(1)} MiB, more than the ${largestFile / 2 ** 20} MiB that ship; choose fewer channels.`,
  );
}

function prefixed(components: Components): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(components).map(([group, tensor]) => [componentName(group), tensor]),
  );
}

/** @throws FileError when a tensor is missing, of another shape, or the file is something else */
export async function decodeGenerator(
  bytes: Uint8Array,
  name: string,
): Promise<GeneratorModel & { readonly metadata: Readonly<Record<string, string>> }> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  const config = denoiserConfig(metadata.generator, name);
  const translator = translatorConfig(metadata.translator, name);
  const layout = adapterLayout(translator);
  const taken = (key: string, shape: readonly number[]): Tensor => {
    const tensor = tensors.get(key);
    if (!tensor) throw new FileError(`${name} lacks "${key}"; make it again with generator:train.`);
    if (sameShape(tensor.shape, shape)) return f32(shape, Float32Array.from(tensor.data));
    throw new FileError(
      `${key} of ${name} has shape ${showShape(tensor.shape)}, expected ${showShape(shape)}; make the file again with generator:train.`,
    );
  };
  const scale: unknown = JSON.parse(metadata.scale ?? 'null');
  const timestep = Number(metadata.timestep);
  if (!Array.isArray(scale) || scale.length !== layout.entries.length || metadata.base === undefined) {
    throw new FileError(
      `${name} does not say how its weights are scaled; make it again with generator:train.`,
    );
  }
  if (!Number.isInteger(timestep) || timestep < 0 || timestep >= config.schedule.steps) {
    throw new FileError(
      `${name} names the timestep ${metadata.timestep}, expected 0 to ${config.schedule.steps - 1}.`,
    );
  }
  const shapes = componentShapes(config, translator);
  const numbers = shapes.reduce((sum, [, [count]]) => sum + count, 0);
  const noise = Number(metadata.hintNoise);
  if (config.unet.hint && !(noise > 0)) {
    throw new FileError(`${name} does not say how hints are read; make it again with generator:train.`);
  }
  return {
    config,
    translator,
    base: metadata.base,
    timestep,
    normalisation: {
      centre: Float32Array.from(taken(centreName, [layout.size]).data),
      scale: Float64Array.from(scale, Number),
    },
    ...(config.coordinates === 'components' && {
      components: Object.fromEntries(
        shapes.map(([group, shape]) => [group, taken(componentName(group), shape)]),
      ),
    }),
    ...(config.unet.hint && {
      hint: {
        spread: taken(spreadName, [numbers]),
        response: taken(responseName, [numbers, numbers]),
        noise,
      },
    }),
    weights: Object.fromEntries(unetShapes(config.unet).map(([key, shape]) => [key, taken(key, shape)])),
    metadata,
  };
}
