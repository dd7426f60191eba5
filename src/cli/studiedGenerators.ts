// The generators that a study compares: opened from files, timed, and those of other block sizes and grouping rules held
// against each other before any training (the paper's ablations).
import { readFile } from 'node:fs/promises';
import type { Engine } from '../engine/engine.ts';
import { phraseOf } from '../generator/concepts/concept.ts';
import { namedConcept } from '../generator/concepts/namedConcept.ts';
import type { ConceptSplit } from '../generator/concepts/split.ts';
import type { Use } from '../generator/dataset/weightDataSet.ts';
import { decodeGenerator } from '../generator/denoiser/file.ts';
import { entriesOf, recoveryError } from '../generator/denoiser/recoveryError.ts';
import { type Sight, WeightGenerator } from '../generator/generate.ts';
import type { Lab } from '../generator/study/curve.ts';
import type { Contestants } from '../generator/study/methods.ts';
import type { TextEncoder as Encoder } from '../generator/text/textEncoder.ts';
import { requireBase } from '../generator/translator/baseFile.ts';
import { known, UserError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';

const timedCalls = 5;
const allUses: readonly Use[] = ['validation', 'level', 'family', 'combination'];

export interface OpenedGenerator {
  readonly generator: WeightGenerator;
  readonly hash: string;
}

export async function opened(
  engine: Engine,
  path: string,
  encoder: Encoder,
  sight: Sight,
  command: string,
): Promise<OpenedGenerator> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path} is not there yet; make it with npm run ${command}.`, { cause });
  });
  const model = await decodeGenerator(bytes, path);
  requireBase(sight.base, model.base, path);
  return { generator: await WeightGenerator.create(engine, model, encoder, sight), hash: sha256Hex(bytes) };
}

/** Seconds that all blocks take, their pictures looked at where the generator does so; the median of several calls. */
export async function secondsOf(generator: WeightGenerator): Promise<number> {
  const times: number[] = [];
  const phrase = 'halftone, fine';
  for (let i = 0; i < timedCalls; i++) {
    const begun = performance.now();
    await generator.generate(phrase, { seed: i, concept: namedConcept(phrase) });
    times.push((performance.now() - begun) / 1000);
  }
  return known(times.sort((a, b) => a - b)[Math.floor(timedCalls / 2)], 'median');
}

export interface VariantRow {
  readonly file: string;
  readonly blockSize: number;
  readonly grouping: string;
  readonly prediction: string;
  readonly blocks: number;
  readonly seconds: number;
  /** Recovery error by use. */
  readonly errors: Readonly<Record<string, number>>;
  /** Mean held-out L1 and FD before any training, over the study's concepts. */
  readonly distance: number;
  readonly fd: number;
}

export async function variantRow(
  file: string,
  generator: WeightGenerator,
  lab: Lab,
  field: Contestants,
  concepts: readonly ConceptSplit[],
): Promise<VariantRow> {
  const { config } = generator.model;
  const errors: Record<string, number> = {};
  for (const use of allUses) {
    const entries = entriesOf(field.data, use);
    if (entries.length > 0) errors[use] = await recoveryError(generator, entries);
  }
  let [distance, fd] = [0, 0];
  for (const { concept } of concepts) {
    const { adapter } = await generator.generate(phraseOf(concept), { seed: 0 });
    const quality = await lab.quality('adapter', { ...field.base.weights, ...adapter }, concept);
    distance += quality.distance / concepts.length;
    fd += quality.fd / concepts.length;
  }
  return {
    ...{
      file: file.split('/').at(-1) ?? file,
      blockSize: config.blockSize,
      grouping: config.grouping,
      prediction: config.prediction,
    },
    ...{ blocks: generator.layout.count, seconds: await secondsOf(generator), errors, distance, fd },
  };
}

export function variantTable(rows: readonly VariantRow[]): string {
  const lines = rows.map((row) =>
    [
      row.file,
      `${row.blockSize} by ${row.grouping}, ${row.prediction}`,
      row.blocks,
      row.seconds.toFixed(2),
      Object.entries(row.errors)
        .map(([use, error]) => `${use} ${error.toFixed(3)}`)
        .join(', '),
      row.distance.toFixed(4),
      row.fd.toFixed(2),
    ].join(' | '),
  );
  return [
    'Variants, before any training',
    '| file | blocks of | count | seconds | recovery error (mean adapter 1) | L1 | FD (random patches) |',
    '|---|---|---:|---:|---|---:|---:|',
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}
