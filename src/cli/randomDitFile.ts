// `npm run random-dit -- --out FILE`: writes a full-size DiT with random weights, to try large files with.
import { UserError } from '../lib/errors.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { dtypeNamed, shapeNamed, writeRandomDit } from './randomDit.ts';

const defaults = { out: '', size: 'XL/2', dtype: 'f32', seed: 0 };

runCommand(async () => {
  const { options } = parseOptions('random-dit', defaults);
  const { out, size, dtype, seed } = options;
  if (out === '') throw new UserError('random-dit: --out names the file to write.');
  const bytes = await writeRandomDit(out, { shape: shapeNamed(size), dtype: dtypeNamed(dtype), seed });
  console.log(`${out}: DiT-${size} in ${dtype}, ${(bytes / 1e9).toFixed(2)} GB`);
});
