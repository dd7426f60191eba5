// Holds the shell (what the page loads before it can be used) to its budget: 250 KB gzip, ONNX Runtime not counted.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../lib/errors.ts';
import { runCommand } from './arguments.ts';

const budgetKB = 250;

runCommand(async () => {
  const html = await readFile('dist/index.html', 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(
    (match) => match[1] ?? '',
  );
  let bytes = gzipSync(html).length;
  for (const file of files) {
    const size = gzipSync(await readFile(join('dist', file))).length;
    bytes += size;
    console.log(`${(size / 1024).toFixed(1).padStart(8)} KB  ${file}`);
  }
  const kilobytes = bytes / 1024;
  const line = `The shell is ${kilobytes.toFixed(1)} KB gzip of ${budgetKB} KB.`;
  if (kilobytes > budgetKB) throw new UserError(`${line} Load what is not needed at once lazily.`);
  console.log(line);
});
