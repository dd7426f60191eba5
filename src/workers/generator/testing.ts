// A generator host for tests: the real one on Node's ONNX Runtime, the bundled emoji and words, and nets of toy size.
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { type OnnxEngine, onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { concept, filterStep, sourceSet, styleSets } from '../../generator/concepts/concept.ts';
import { newPicture } from '../../generator/concepts/picture.ts';
import { writeSheet } from '../../generator/data/sheet.ts';
import { encodeWeightDataSet, weightDataSet } from '../../generator/dataset/weightDataSet.ts';
import type { DenoiserConfig } from '../../generator/denoiser/config.ts';
import { encodeGenerator } from '../../generator/denoiser/file.ts';
import { freshUnet } from '../../generator/denoiser/freshUnet.ts';
import {
  emojiNamesPath,
  generatorPath,
  neighboursPath,
  regressorPath,
  sheetPath,
  translatorBasePath,
  wordTablePath,
} from '../../generator/paths.ts';
import { toyDenoiser, toyTranslator } from '../../generator/testing.ts';
import { adapterLayout } from '../../generator/translator/adapter.ts';
import { decodeBase, encodeBase } from '../../generator/translator/baseFile.ts';
import type { TranslatorConfig } from '../../generator/translator/configuration.ts';
import { freshJudge, freshTranslator } from '../../generator/translator/freshWeights.ts';
import { FileError } from '../../lib/errors.ts';
import { halvesOf } from '../../lib/half.ts';
import { randomStream } from '../../lib/random.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { GeneratorEvent, GeneratorReplies, GeneratorRequest } from '../generatorProtocol.ts';
import { testLine } from '../testLine.ts';
import { GeneratorHost } from './generatorHost.ts';

const context = 4;
const words = ['sepia', 'negative', 'grey', 'night', 'halftone', 'strong', 'mild', 'then', 'fine', 'slight'];
export const toyConfig: TranslatorConfig = {
  ...toyTranslator,
  shape: { ...toyTranslator.shape, context },
  side: 32,
};
/** 64 of the emoji are held out, whatever their number. */
const emojiCount = 72;

export const trainedConcepts = ['sepia', 'invert', 'grey', 'night'].map((family) =>
  concept(filterStep(family, 5)),
);

/** Every file of styles by its path, small. */
export async function toyFiles(): Promise<Map<string, Uint8Array>> {
  const base = encodeBase(
    { config: toyConfig, weights: stirred(freshTranslator(toyConfig, 1)), judge: freshJudge(toyConfig, 1) },
    {},
  );
  const { hash } = await decodeBase(base, 'base');
  const { size } = adapterLayout(toyConfig);
  const raw = trainedConcepts.map((made, n) => ({
    concept: made,
    part: 'train' as const,
    vectors: [
      randomStream(4, 'adapter', n)
        .normal(new Float32Array(size))
        .map((value) => 0.05 * value),
    ],
  }));
  const data = weightDataSet(toyConfig, hash, raw);
  const written = (config: DenoiserConfig) =>
    encodeGenerator(
      {
        ...{ config, translator: toyConfig, base: hash, timestep: 900 },
        normalisation: data.normalisation,
        weights: stirred(freshUnet(config.unet, 0)),
      },
      {},
    );
  const names = Array.from({ length: emojiCount }, (_, n) => `emoji-${n}`);
  const files = new Map<string, Uint8Array>([
    [translatorBasePath, base],
    [generatorPath, written(toyDenoiser)],
    [regressorPath, written({ ...toyDenoiser, task: 'regress' })],
    [neighboursPath, encodeWeightDataSet(data)],
    [wordTablePath, wordTable()],
    [emojiNamesPath, new TextEncoder().encode(JSON.stringify(names))],
  ]);
  for (const set of [sourceSet, ...styleSets.map(({ id }) => id)] as const) {
    files.set(sheetPath(set), writeSheet(names.map((_, n) => toyCell(set, n))));
  }
  return files;
}

/** A fresh net ends in zeros, which would make every phrase alike. */
function stirred(weights: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => {
      const noise = randomStream(5, name).normal(new Float32Array(data.length));
      return [
        name,
        f32(
          shape,
          Float32Array.from(data, (value, i) => value + 0.3 * (noise[i] ?? 0)),
        ),
      ];
    }),
  );
}

function wordTable(): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ width: context, words }));
  const values = randomStream(7, 'toy words').normal(new Float32Array(words.length * context));
  const body = new Uint8Array(halvesOf([...values]).buffer);
  return Uint8Array.from([...head, 0, ...body]);
}

/** RGB bytes of one emoji of random smooth colours. */
function toyCell(set: string, index: number): Uint8Array {
  const { side } = newPicture(32);
  const waves = randomStream(index, 'toy cell', set).uniform(0, 6);
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    return 128 + 100 * Math.sin(((waves[c] ?? 0) * x + (waves[3 + c] ?? 0) * y) / 2);
  });
}

export interface TestHost {
  readonly events: GeneratorEvent[];
  readonly gaveUp: unknown[];
  /** @throws a UserError that carries what the page would be told */
  ask<K extends GeneratorRequest['kind']>(
    request: Extract<GeneratorRequest, { readonly kind: K }>,
  ): Promise<GeneratorReplies[K]>;
  /** Resolves with the first event, old or new, that fits. */
  event(fits: (event: GeneratorEvent) => boolean): Promise<GeneratorEvent>;
}

export interface TestParts {
  /** Stands between the host and Node's engine, to break it. */
  engine?(real: OnnxEngine): OnnxEngine;
  onEvent?(event: GeneratorEvent): void;
}

export function testHost(files: ReadonlyMap<string, Uint8Array>, parts: TestParts = {}): TestHost {
  const gaveUp: unknown[] = [];
  const line = testLine<GeneratorRequest, GeneratorEvent>(
    (message) => host.receive(message),
    parts.onEvent?.bind(parts),
  );
  const host = new GeneratorHost(
    {
      startEngine: async () => {
        const real = onnxEngine(await nodeRuntime('cpu', 1));
        return { engine: parts.engine?.(real) ?? real, parallel: true, note: null };
      },
      read: async (path) => {
        const file = files.get(path);
        if (file) return file;
        throw new FileError(`${path.split('/').at(-1)} could not be fetched: the server answered 404.`);
      },
      nextTask: () => new Promise((resolve) => setImmediate(resolve)),
      giveUp: (error) => gaveUp.push(error),
    },
    line.post,
  );
  // The protocol pairs kinds of requests and replies.
  return { events: line.events, gaveUp, ask: line.ask as TestHost['ask'], event: line.event };
}
