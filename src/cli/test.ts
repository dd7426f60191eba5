// `npm test`: every check of the project, one after the other, and one closing line with the counts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { ensureChromium } from './chromium.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const reports = '.cache/reports';

function run(
  title: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): boolean {
  const started = Date.now();
  console.log(`\n── ${title}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  console.log(
    `── ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  if (status !== 0) failures.push(title);
  return status === 0;
}

/** A check that passes or fails as a whole. */
function check(title: string, command: string, args: readonly string[]): boolean {
  const passed = run(title, command, args);
  total[passed ? 'passed' : 'failed']++;
  return passed;
}

async function report(file: string): Promise<Record<string, unknown>> {
  const path = `${reports}/${file}`;
  if (!existsSync(path)) {
    total.failed++;
    return {};
  }
  return JSON.parse(await readFile(path, 'utf8'));
}

const numberIn = (record: Record<string, unknown>, name: string) => Number(record[name] ?? 0);

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const chromium = ensureChromium();

check('format and lint', 'biome', ['check', '--error-on-warnings']);
check('types', 'tsc', ['--noEmit']);

run('unit tests', 'vitest', [
  'run',
  '--reporter=dot',
  '--reporter=json',
  `--outputFile.json=${reports}/unit.json`,
]);
const unit = await report('unit.json');
total.passed += numberIn(unit, 'numPassedTests');
total.failed += numberIn(unit, 'numFailedTests');
total.skipped += numberIn(unit, 'numPendingTests') + numberIn(unit, 'numTodoTests');

const built = check('production build', 'vite', ['build']);
check('size of the shell', 'tsx', ['src/cli/shellSize.ts']);

if (!built) {
  console.log('\nThe browser tests need a build; they were not run.');
} else if (chromium === undefined) {
  console.log('\nNo Chromium was found (set SCION_CHROMIUM to its path): the browser tests are skipped.');
  total.skipped++;
} else {
  run('browser tests', 'playwright', ['test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'], {
    SCION_CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: `${process.cwd()}/${reports}/browser.json`,
  });
  const browser = await report('browser.json');
  const stats = (browser.stats ?? {}) as Record<string, unknown>;
  total.passed += numberIn(stats, 'expected') + numberIn(stats, 'flaky');
  total.failed += numberIn(stats, 'unexpected');
  total.skipped += numberIn(stats, 'skipped');
}

if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}.`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || failures.length > 0 ? 1 : 0);
