// Writes the bundled images: `npx tsx src/cli/data.ts [--from FOLDER] [--to FOLDER] [--seed N]`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sentence, UserError } from '../lib/errors.ts';
import { debianFolder, fashionMnistBundle } from './fashionMnist.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: debianFolder },
      to: { type: 'string', default: 'public/data/fashion-mnist' },
      seed: { type: 'string', default: '0' },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed))
    throw new UserError(`The seed must be a whole number, got «${values.seed}».`);
  await mkdir(values.to, { recursive: true });
  for (const [name, bytes] of await fashionMnistBundle(values.from, seed)) {
    await writeFile(join(values.to, name), bytes);
    console.log(`${join(values.to, name)}  ${bytes.length} bytes`);
  }
}

main().catch((error: unknown) => {
  console.error(sentence(error));
  process.exitCode = 1;
});
