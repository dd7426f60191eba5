// What the weight generator is trained on: the blocks of trained adapters, under every paraphrase of their concept.
import type { Feeds } from '../../engine/engine.ts';
import { known } from '../../lib/errors.ts';
import { blockMask } from '../blocks/blocks.ts';
import { phrasesOf } from '../concepts/concept.ts';
import type { WeightDataSet } from '../dataset/weightDataSet.ts';
import type { TextEncoder } from '../text/textEncoder.ts';
import { type BlockCoder, learntCoder } from './blockCoder.ts';
import { blockSamples, type SampleOptions } from './blockSamples.ts';
import type { DenoiserConfig } from './config.ts';

/** What pictures ask for [N, b], by concept. */
export type Hints = ReadonlyMap<string, Float32Array>;

/**
 * Feeds of step 0, 1, …; held-out and validation concepts are never among them.
 * @param coder of this config and data, where it was learnt already: components of 318 concepts take a minute
 */
export function denoiserSamples(
  config: DenoiserConfig,
  data: WeightDataSet,
  encoder: TextEncoder,
  options: SampleOptions,
  coder: BlockCoder = learntCoder(config, data),
  hints?: Hints,
): (step: number) => Feeds {
  const entries = data.entries
    .filter(({ use }) => use === 'train')
    .map(({ concept, vectors }) => ({
      texts: phrasesOf(concept).map((phrase) => encoder.encode(phrase).values),
      checkpoints: vectors.map((vector) => coder.encode(vector)),
      ...(hints && { hint: known(hints.get(concept.id), concept.id) }),
    }));
  const { tokens, width } = encoder;
  const blocks = Array.from({ length: coder.layout.count }, (_, n) => n);
  return blockSamples(config, { entries, blocks, mask: blockMask(coder.layout), tokens, width }, options);
}
