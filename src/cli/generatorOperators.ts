// `npm run generator:operators`: fits operators on the bundled base by stage 1, in every layer and on several slices of
// the data, and keeps what training added to their shared start. Resumable by run.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectOperators } from '../generator/operators/collect.ts';
import { operatorPlan } from '../generator/operators/grid.ts';
import { encodeOperators } from '../generator/operators/record.ts';
import { runName } from '../generator/operators/runs.ts';
import { bundledBase, graftContext, loadBase, loadGraftData } from '../train/bundle.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import { collectDefaults, collectRecipe, operatorRecipe, operatorRecords } from './operatorRecords.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  engine: 'onnx',
  threads: 0,
  ...collectDefaults,
  /** Runs that this call makes at most. */
  limit: 1_000_000,
};

runCommand(async () => {
  const { options } = parseOptions('generator:operators', defaults);
  const read = async (name: string) => new Uint8Array(await readFile(join('public', name)));
  const data = await loadGraftData(read);
  const context = graftContext(
    await engineNamed(options.engine, options.threads),
    await loadBase(read),
    data,
  );
  const { steps } = options;
  const recipe = collectRecipe(options);
  const key = operatorRecipe(bundledBase.id, recipe);
  const store = await fileStore(operatorRecords);
  const { training } = operatorPlan(data.classNames);
  const saved = new Set((await store.list()).map(({ name }) => name));
  const nameOf = (run: (typeof training)[number]) => `${key.slice(0, 8)}~${runName(run)}`;
  const lacking = training.filter((run) => !saved.has(nameOf(run))).slice(0, options.limit);
  const line = progressLine();
  const started = Date.now();
  for (const [done, run] of lacking.entries()) {
    const left = done === 0 ? '' : duration(((Date.now() - started) / 1000 / done) * (lacking.length - done));
    const fitted = await collectOperators(context, run, recipe, (step) =>
      line.show(`run ${done + 1}/${lacking.length} · ${runName(run)} · step ${step}/${steps} · ${left} left`),
    );
    await store.write(nameOf(run), encodeOperators(fitted, key));
    const mean = (value: (fit: (typeof fitted)[number]) => number) =>
      (fitted.reduce((sum, fit) => sum + value(fit), 0) / fitted.length).toFixed(4);
    console.log(
      `${runName(run)}: error ${mean((fit) => fit.initialError)} before training, ${mean((fit) => fit.finalError)} after ${steps} steps (mean of ${fitted.length} layers).`,
    );
  }
  line.end();
  console.log(`${lacking.length} runs made, ${training.length} planned; records in ${operatorRecords}.`);
});
