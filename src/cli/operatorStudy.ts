// `npm run study -- operators`: races starts of operators on held-out settings, slices and layers of the bundled base.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operatorBench } from '../generator/operators/collect.ts';
import type { OperatorCondition } from '../generator/operators/condition.ts';
import { operatorPlan } from '../generator/operators/grid.ts';
import { decodeOperatorModel } from '../generator/operators/operatorModel.ts';
import { OperatorWriter } from '../generator/operators/operatorWriter.ts';
import { measuredSteps, race, stepsTo } from '../generator/operators/race.ts';
import {
  type OperatorOutcome,
  type OperatorStart,
  operatorReport,
} from '../generator/operators/raceReport.ts';
import { type OperatorRun, operatorPart, runName } from '../generator/operators/runs.ts';
import { meanDeviation, nearestOperator } from '../generator/operators/starts.ts';
import { operatorModelPath } from '../generator/paths.ts';
import { known } from '../lib/errors.ts';
import type { SlotId } from '../plan/plan.ts';
import { bundledBase, graftContext, loadBase, loadGraftData } from '../train/bundle.ts';
import { parseOptions } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { collectDefaults, collectRecipe, fittedOperators, operatorRecipe } from './operatorRecords.ts';

const defaults = {
  engine: 'onnx',
  threads: 0,
  json: false,
  /** As generator:operators was called with. */
  ...collectDefaults,
};

export async function operatorStudy(argv: string[]): Promise<void> {
  const { options } = parseOptions('study -- operators', defaults, argv);
  const read = async (name: string) => new Uint8Array(await readFile(join('public', name)));
  const data = await loadGraftData(read);
  const engine = await engineNamed(options.engine, options.threads);
  const context = graftContext(engine, await loadBase(read), data);
  const { steps } = options;
  const recipe = collectRecipe(options);
  const plan = operatorPlan(data.classNames);
  const all = await fittedOperators(operatorRecipe(bundledBase.id, recipe));
  const training = all.filter(({ condition }) => operatorPart(condition, plan.heldOut) === 'train');
  const model = await decodeOperatorModel(await read(operatorModelPath), operatorModelPath);
  const writer = await OperatorWriter.create(engine, model);
  const outcomes: OperatorOutcome[] = [];
  for (const run of plan.study) {
    const made = await raced(run);
    outcomes.push(...made);
    console.error(`${runName(run)}: ${made.length} slots raced.`);
  }
  const facts = { steps, fitted: training.length, engine: engine.description };
  const report = operatorReport(outcomes, facts);
  const folder = join('.cache', 'out');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'study-operators.json'), `${JSON.stringify({ ...facts, outcomes })}\n`);
  await writeFile(join(folder, 'study-operators.md'), report);
  await writeFile(
    join('public', operatorModelPath.replace('operators.safetensors', 'study-operators.md')),
    `# Study of starts for operators\n\n${report}`,
  );
  console.log(options.json ? JSON.stringify({ ...facts, outcomes }) : report);

  async function raced(run: OperatorRun): Promise<OperatorOutcome[]> {
    const bench = await operatorBench(context, run);
    const solved = await operatorBench(context, run, 'ridge');
    await solved.dispose();
    const { operator, config, slice } = run;
    const condition = (slot: SlotId): OperatorCondition => ({ slot, operator, config, slice });
    const inherited = (slot: SlotId) => known(bench.starts.get(slot), slot).parameters;
    const plus = (start: Float32Array, deviation: ArrayLike<number>) =>
      start.map((value, i) => value + (deviation[i] ?? 0));
    const generated = new Map<SlotId, Float32Array | undefined>();
    for (const { slot } of bench.tasks) {
      generated.set(slot, await writer.deviation(condition(slot), inherited(slot).length));
    }
    const starts: Readonly<Record<OperatorStart, (slot: SlotId) => Float32Array>> = {
      inherit: inherited,
      ridge: (slot) => known(solved.starts.get(slot), slot).parameters,
      mean: (slot) => {
        const start = inherited(slot);
        return plus(start, meanDeviation(condition(slot), start.length, training));
      },
      nearest: (slot) => {
        const start = inherited(slot);
        const { deviations } = nearestOperator(condition(slot), start.length, training);
        return plus(start, known(deviations.at(-1), 'checkpoint'));
      },
      // Of a layer that it never saw it knows nothing to add.
      generated: (slot) => plus(inherited(slot), generated.get(slot) ?? []),
    };
    const runRace = (start: OperatorStart) => race(bench, starts[start], recipe.stage1, run.seed);
    const results = {
      inherit: await runRace('inherit'),
      ridge: await runRace('ridge'),
      mean: await runRace('mean'),
      nearest: await runRace('nearest'),
      generated: await runRace('generated'),
    };
    await bench.dispose();
    const at = measuredSteps({ steps });
    return bench.tasks.map(({ slot }, n): OperatorOutcome => {
      const wanted = known(results.ridge[n], slot).before;
      const of = (start: OperatorStart) => {
        const result = known(results[start][n], slot);
        return {
          before: result.before,
          after: known(result.errors.at(-1), 'last error'),
          steps: stepsTo(result, at, wanted),
        };
      };
      return {
        ...{ operator, part: operatorPart(condition(slot), plan.heldOut), slot },
        results: {
          inherit: of('inherit'),
          ridge: of('ridge'),
          mean: of('mean'),
          nearest: of('nearest'),
          generated: of('generated'),
        },
      };
    });
  }
}
