// The committed golden sets in Chromium: every case that is built, on WebAssembly and on WebGPU, each within its tolerance.
import { expect, test } from '@playwright/test';
import { summary, tableHead, tableLines, tally } from '../../src/cli/golden/report.ts';
import type { CaseResult } from '../../src/cli/golden/runGolden.ts';
import { ask, open } from './engines.ts';
import type { GoldenSet } from './protocol.ts';

/** `dit` is whole; of `micro`, models that Scion has not built yet are listed as such: at least so many must pass. */
const sets: readonly { readonly set: GoldenSet; readonly whole: boolean; readonly least: number }[] = [
  { set: 'dit', whole: true, least: 23 },
  { set: 'micro', whole: false, least: 8 },
];
/** A GPU that is emulated in software takes milliseconds a kernel: minutes for all cases. */
const devices = [
  { device: 'wasm', engine: 'onnx', minutes: 10 },
  { device: 'webgpu', engine: 'webgpu', minutes: 40 },
] as const;

for (const { device, engine, minutes } of devices) {
  for (const { set, whole, least } of sets) {
    test(`${device}: the golden set ${set} is met`, async ({ page }) => {
      test.setTimeout(minutes * 60_000);
      const { description } = await open(page, device);
      const names = await ask<string[]>(page, { kind: 'goldenCases', set });
      console.log(`${set}: ${description}\n${tableHead()}`);
      const results: CaseResult[] = [];
      for (const name of names) {
        const result = await ask<CaseResult>(page, { kind: 'golden', set, name });
        results.push(result);
        if (whole || result.outcome !== 'not built') console.log(tableLines(result, 'failures').join('\n'));
      }
      const counts = tally(results);
      console.log(`${summary(counts)} ${worstShare(results)}`);
      expect(faults(results)).toEqual([]);
      expect(counts.passed).toBeGreaterThanOrEqual(least);
      if (!whole) return;
      // Position and timestep tables and matrix square roots are plain code; all else must have run on the engine.
      const elsewhere = results.filter((result) => !('runsOn' in result && result.runsOn === engine));
      expect(elsewhere.map(({ name }) => name)).toEqual(['embeddings', 'fid']);
    });
  }
}

/** What went wrong, one text a case; a case that is not built is no fault here. */
function faults(results: readonly CaseResult[]): string[] {
  return results.flatMap((result) => (result.outcome === 'failed' ? tableLines(result, 'failures') : []));
}

/** How near the worst tensor came to its tolerance. */
function worstShare(results: readonly CaseResult[]): string {
  const used = results.flatMap((result) =>
    'checks' in result ? result.checks.map((check) => ({ ...check, name: result.name })) : [],
  );
  const [worst] = used.sort((a, b) => b.used - a.used);
  if (!worst) return 'Nothing was compared.';
  return `Worst: ${worst.name} ${worst.tensor} uses ${(worst.used * 100).toPrecision(2)} % of its tolerance.`;
}
