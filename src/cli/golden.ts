// npm run golden -- DIR [--engine reference|onnx|webgpu] [--precision f32|f64] [--only NAME] [--tensors] [--json]
// Runs every golden case in a folder and says how far each result is from the reference; see golden/README.md.
import type { Engine } from '../engine/engine.ts';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { sentence, UserError } from '../lib/errors.ts';
import { parseOptions } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { folderSource } from './golden/nodeSource.ts';
import { summary, tableHead, tableLines, tally } from './golden/report.ts';
import { type CaseResult, runGolden } from './golden/runGolden.ts';

const defaults = { engine: 'reference', precision: 'f32', only: '', tensors: false, json: false };

/** What the shell sees: 1 a case failed, 2 the command could not run, 3 no case could be run at all. */
const exitCodes = { fine: 0, failed: 1, unusable: 2, nothingRun: 3 } as const;

async function engineOf(name: string, precision: string): Promise<Engine> {
  if (precision === 'f32') return engineNamed(name);
  if (precision === 'f64' && name === 'reference') return referenceEngine('f64');
  if (precision === 'f64') throw new UserError(`The engine ${name} computes in f32; only reference has f64.`);
  throw new UserError(`There is no precision "${precision}"; choose f32 or f64.`);
}

async function main(): Promise<number> {
  const { options, positionals } = parseOptions('golden', defaults);
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new UserError('golden: name one folder of golden cases, such as src/cli/golden-data/dit.');
  }
  const source = await folderSource(folder);
  const engine = await engineOf(options.engine, options.precision);
  const results: CaseResult[] = [];
  if (!options.json) console.log(`${engine.description}\n${tableHead()}`);
  for await (const result of runGolden(source, engine, { only: options.only })) {
    results.push(result);
    if (!options.json) {
      console.log(tableLines(result, options.tensors ? 'tensors' : 'failures').join('\n'));
    }
  }
  const counts = tally(results);
  const { id, description } = engine;
  const all = { folder, engine: { id, description }, ...counts, cases: results };
  console.log(options.json ? JSON.stringify(all, null, 2) : summary(counts));
  await engine.dispose();
  if (counts.failed > 0) return exitCodes.failed;
  return counts.passed === 0 ? exitCodes.nothingRun : exitCodes.fine;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(sentence(error));
  process.exitCode = exitCodes.unusable;
}
