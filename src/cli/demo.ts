// `npm run demo -- --from DIR`: turns the folder that `npm run graft` wrote into the demo of the first visit, public/demo.
// Nothing is computed here; where the report does not fit the plan or base of today, a new run is asked for.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memorySource } from '../formats/byteSource.ts';
import { decodePng, encodePng } from '../formats/png.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import { known, UserError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { shapeFromMetadata } from '../models/metadata.ts';
import { sampleDefaults } from '../models/sampleDefaults.ts';
import { planHash } from '../plan/hash.ts';
import { parsePlan } from '../plan/validate.ts';
import { type Demo, demoToJson, parseDemo } from '../store/demo/demoFile.ts';
import { defaultSettings } from '../store/settingsStore.ts';
import { bundledBase, bundlePaths, loadBase, loadGraftData } from '../train/bundle.ts';
import { weightDrift } from '../train/lenses/weightDrift.ts';
import { parseOptions, runCommand } from './arguments.ts';
import type { GraftReport } from './graftReport.ts';
import { rowsOfGrid } from './imageGrid.ts';

const defaults = { from: '', out: 'public/demo' };
/** The page loads the weights after a first visit; larger ones are left out. */
const largestWeights = 6_000_000;
const files = { demo: 'demo.json', pictures: 'pictures.png', weights: 'graft.safetensors' } as const;

const readPublic = async (name: string) => new Uint8Array(await readFile(join('public', name)));

runCommand(async () => {
  const { options } = parseOptions('demo', defaults);
  const { from, out } = options;
  if (from === '') throw new UserError('demo needs --from DIR, the folder that npm run graft wrote.');
  // Written by this program; the plan and the files are held against their hashes below.
  const report: GraftReport = JSON.parse(await readFile(join(from, 'report.json'), 'utf8'));
  const graft = new Uint8Array(await readFile(join(from, files.weights)));
  await checkReport(report, graft);
  const { metadata, tensors } = await readSafetensors(memorySource(graft, files.weights));
  const shape = known(shapeFromMetadata(metadata), 'the shape of the grafted model');
  const half = writeSafetensors(tensors, metadata, { dtype: 'f16' });
  const keepsWeights = half.length <= largestWeights;

  const grid = decodePng(new Uint8Array(await readFile(join(from, 'images.png'))), 'images.png').picture;
  const count = defaultSettings.sampleCount;
  const rows = rowsOfGrid(grid, { columns: shape.classes, size: shape.inputSize, groupRows: 2 });
  const base = await loadBase(readPublic);
  const { classNames } = await loadGraftData(readPublic);
  const result = resultOf(report);
  const drift = weightDrift(shape, result.plan, base.weights, Object.fromEntries(tensors));
  const demo: Demo = {
    ...result,
    summary: { ...result.summary, drift },
    model: { label: bundledBase.label, config: shape, classNames, pretrainingFlops: base.pretrainingFlops },
    pictures: {
      file: files.pictures,
      size: shape.inputSize,
      seed: report.scores.firstSeed,
      guidance: report.scores.guidance,
      steps: report.scores.denoisingSteps,
      classes: Array.from({ length: count }, (_, picture) => picture % shape.classes),
    },
    weights: keepsWeights ? { file: files.weights, bytes: half.length } : null,
  };
  const isUsual =
    demo.pictures.guidance === sampleDefaults.guidance && demo.pictures.steps === sampleDefaults.steps;
  if (!isUsual)
    console.warn(
      'The pictures were not drawn as the editor draws by default; it will draw its own beside them.',
    );

  await mkdir(out, { recursive: true });
  const json = JSON.stringify(demoToJson(demo));
  parseDemo(JSON.parse(json)); // What the page could not read is not written.
  await writeFile(join(out, files.demo), `${json}\n`);
  await writeFile(join(out, files.pictures), strip(rows, count, shape.inputSize, report));
  if (keepsWeights) await writeFile(join(out, files.weights), half);
  const weights = keepsWeights
    ? `weights ${half.length} bytes in half precision`
    : `no weights: ${half.length} bytes are above ${largestWeights}`;
  console.log(`${out}: ${demo.points.length} curve points, ${2 * count} pictures, ${weights}.`);
});

async function checkReport(report: GraftReport, graft: Uint8Array): Promise<void> {
  const again = 'make a new run with npm run graft';
  if (report.format !== 'scion-graft-report' || report.version !== 1)
    throw new UserError(`report.json is no graft report of version 1; ${again}.`);
  if (report.points === undefined || report.points.length === 0)
    throw new UserError(`report.json holds no loss curves; ${again}.`);
  if (planHash(parsePlan(report.plan)) !== report.planHash)
    throw new UserError(`The plan of report.json has another hash today; ${again}.`);
  if (sha256Hex(graft) !== report.hashes[files.weights])
    throw new UserError(`graft.safetensors is not the file that report.json describes; ${again}.`);
  const base = sha256Hex(await readFile(join('public', bundlePaths.base)));
  if (base !== report.hashes.base)
    throw new UserError(`The run of report.json started from another base than the bundled one; ${again}.`);
}

function resultOf(report: GraftReport): Omit<Demo, 'model' | 'pictures' | 'weights'> {
  const { plan, planHash: hash, engine, scores, training, slots, points, hashes } = report;
  return {
    plan: parsePlan(plan),
    hash,
    engine,
    points,
    summary: {
      planHash: hash,
      phase: 'done',
      state: 'finished',
      step: plan.stage2.steps,
      steps: plan.stage2.steps,
      slots,
      millisecondsPerStep: null,
      etaSeconds: null,
      flops: training.flops,
      flopsShare: training.share,
      savedAt: null,
      distanceBase: scores.base?.fd ?? null,
      distanceStage1: scores.afterStage1?.fd ?? null,
      distanceGraft: scores.afterStage2?.fd ?? null,
      distanceSamples: scores.samples,
      heldOutLoss: training.heldOutLoss,
      seconds: training.seconds,
    },
    hashes: {
      base: known(hashes.base, 'the hash of the base'),
      graft: known(hashes[files.weights], 'the hash of the graft'),
    },
  };
}

/** The grid holds the base's and the graft's row by turns; the strip has one row of each. */
function strip(rows: readonly Uint8Array[], count: number, size: number, report: GraftReport): Uint8Array {
  const area = size * size;
  const data = new Uint8Array(2 * count * area);
  for (const which of [0, 1]) {
    const pictures = rows.filter((_, row) => row % 2 === which);
    const all = pictures.flatMap((row) => [...row]);
    if (all.length < count * area)
      throw new UserError(`images.png holds fewer than ${count} pairs of pictures; make a new run.`);
    for (let picture = 0; picture < count; picture++) {
      for (let y = 0; y < size; y++) {
        const from = picture * area + y * size;
        data.set(all.slice(from, from + size), (which * size + y) * count * size + picture * size);
      }
    }
  }
  const picture = { width: count * size, height: 2 * size, channels: 1, data } as const;
  return encodePng(picture, { scion_plan: JSON.stringify(report.plan) });
}
