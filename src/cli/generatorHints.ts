// The hints that a weight generator is trained on: what the pictures of every concept ask for. They are read once and kept.
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { type Concept, phraseOf } from '../generator/concepts/concept.ts';
import type { ConceptPictures } from '../generator/data/batches.ts';
import type { WeightDataSet } from '../generator/dataset/weightDataSet.ts';
import type { BlockCoder } from '../generator/denoiser/blockCoder.ts';
import type { Hints } from '../generator/denoiser/samples.ts';
import { type HintBasis, hintBasis, measureSensitivity } from '../generator/hint/basis.ts';
import { HintReader } from '../generator/hint/hint.ts';
import type { TranslatorBase } from '../generator/translator/baseFile.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { fileStore } from './fileStore.ts';
import { generatorCache } from './generatorParts.ts';
import { kept } from './kept.ts';
import { progressLine } from './progressLine.ts';

export interface HintSource {
  readonly base: TranslatorBase;
  readonly data: WeightDataSet;
  readonly pictures: ConceptPictures;
  readonly coder: BlockCoder;
  readonly noise: number;
}

export async function learntBasis(engine: Engine, source: HintSource): Promise<HintBasis> {
  const { base, data, pictures, coder, noise } = source;
  return hintBasis(await measureSensitivity(engine, base, data, pictures, coder), noise);
}

export async function hintsOf(
  engine: Engine,
  { base, data, pictures, coder }: HintSource,
  basis: HintBasis,
  concepts: readonly Concept[],
): Promise<Hints> {
  const { spread, response, noise } = basis;
  const key = sha256Hex(
    canonicalJson({ base: base.hash, noise, numbers: [...spread.data, ...response.data.slice(0, 1000)] }),
  );
  const store = await fileStore(join(generatorCache, 'read-hints', key.slice(0, 12)));
  const reader = await HintReader.create(engine, { base, adapters: data, coder, basis, pictures });
  const line = progressLine();
  const hints = new Map<string, Float32Array>();
  for (const [n, concept] of concepts.entries()) {
    const read = async () => [...(await reader.of(concept, phraseOf(concept)))];
    hints.set(concept.id, Float32Array.from(await kept(store, concept.id, read)));
    pictures.forget();
    line.show(`hints ${n + 1}/${concepts.length}`);
  }
  line.end();
  await reader.dispose();
  return hints;
}
