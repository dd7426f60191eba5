// `npm run graft -- --plan FILE --out DIR`: the whole job without a browser. It resumes what an earlier call began.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { UserError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { f32, type Tensor } from '../lib/tensor.ts';
import { ImageScorer, type ImageScores } from '../metrics/imageScores.ts';
import { modelCost } from '../models/cost.ts';
import type { SlotOperators } from '../models/dit.ts';
import { metadataOf } from '../models/metadata.ts';
import { parameterShapes } from '../models/parameterShapes.ts';
import { graftsOf } from '../models/pictures.ts';
import { sampleDefaults } from '../models/sampleDefaults.ts';
import { siteOf } from '../models/shape.ts';
import { planHash } from '../plan/hash.ts';
import { parsePlanText, planProblem } from '../plan/validate.ts';
import { selfGraftOf, selfGraftToJson } from '../store/selfGraft/selfGraftFile.ts';
import {
  type BaseModel,
  bundledBase,
  graftContext,
  loadBase,
  loadGraftData,
  loadScorerFiles,
} from '../train/bundle.ts';
import { checkpointName, decodeCheckpoint, encodeCheckpoint } from '../train/graft/checkpoint.ts';
import { type RunHooks, runGraft } from '../train/graft/graftRun.ts';
import type { RunProgress } from '../train/graft/progress.ts';
import { measureForward } from '../train/measure.ts';
import { layoutOf, pack } from '../train/parameters.ts';
import { Sampler, toBytes } from '../train/sampling.ts';
import { scoreModel } from '../train/scoring.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { fileStore } from './fileStore.ts';
import { type GraftReport, summaryOf } from './graftReport.ts';
import { imageGrid } from './imageGrid.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  plan: '',
  out: '',
  engine: 'onnx',
  json: false,
  /** Images that each model is scored on; 0 leaves the scores out. */
  samples: 5000,
  guidance: sampleDefaults.guidance,
  'denoising-steps': sampleDefaults.steps,
  'first-seed': sampleDefaults.firstSeed,
  /** Whether the model is scored between the stages too. */
  'skip-stage1-score': false,
  'save-seconds': 60,
  threads: 0,
  /** Where the record of a self-graft goes, which curves are read against; of the bundled plan self-graft.json. */
  control: '',
};
type Options = { [K in keyof typeof defaults]: (typeof defaults)[K] };

const scoreBatch = 50;
const readPublic = async (name: string) => new Uint8Array(await readFile(join('public', name)));

interface Scoring {
  readonly engine: Engine;
  readonly base: BaseModel;
  readonly options: Options;
  readonly line: ReturnType<typeof progressLine>;
  readonly scorer: ImageScorer;
  readonly folder: string;
}

type Weights = Readonly<Record<string, Tensor>>;

/** Scores are kept by the hash of what produced them: the base's serve every plan. */
async function score(
  job: Scoring,
  name: string,
  grafts: SlotOperators,
  weights: Weights,
): Promise<ImageScores> {
  const { engine, base, options, line } = job;
  const request = {
    samples: options.samples,
    guidance: options.guidance,
    steps: options['denoising-steps'],
    batch: scoreBatch,
    firstSeed: options['first-seed'],
  };
  const shapes = parameterShapes(base.frame.shape, grafts);
  const key = sha256Hex(JSON.stringify(request) + weightsHash(layoutOf(shapes), weights));
  const store = await fileStore('.cache/scores');
  const found = await store.read(key);
  if (found) return JSON.parse(new TextDecoder().decode(found));
  const started = Date.now();
  const scores = await scoreModel(engine, job.scorer, base.frame, grafts, weights, {
    ...request,
    onProgress: (done) => {
      const left = ((Date.now() - started) / 1000 / done) * (options.samples - done);
      line.show(`scoring ${name} · ${done}/${options.samples} images · ${duration(left)} left`);
      return 'go';
    },
  });
  await store.write(key, new TextEncoder().encode(JSON.stringify(scores)));
  return scores;
}

function weightsHash(layout: ReturnType<typeof layoutOf>, weights: Weights): string {
  return sha256Hex(new Uint8Array(pack(layout, weights).buffer));
}

async function pictures(
  engine: Engine,
  base: BaseModel,
  options: Options,
  grafts: SlotOperators,
  weights: Weights,
  seeds: number,
): Promise<Uint8Array[]> {
  const { shape } = base.frame;
  const layout = layoutOf(parameterShapes(shape, grafts));
  const parameters = f32([layout.size], pack(layout, weights));
  const batch = shape.classes;
  const sampler = await Sampler.create(engine, base.frame, grafts, {
    batch,
    kind: 'ddim',
    guidance: 'guided',
  });
  const rows: Uint8Array[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const request = {
      seeds: Array.from({ length: batch }, (_, i) => options['first-seed'] + seed * batch + i),
      classes: Array.from({ length: batch }, (_, i) => i),
      guidance: options.guidance,
      steps: options['denoising-steps'],
    };
    for await (const step of sampler.draw(parameters, request)) {
      if (step.step === step.steps) rows.push(toBytes(await step.read()));
    }
  }
  await sampler.dispose();
  return rows;
}

function progressText(progress: RunProgress): string {
  const { phase, step, steps, slots, etaSeconds, flopsShare } = progress;
  const errors = slots.map(({ error }) => error?.toFixed(3) ?? '–').join(' ');
  const share = flopsShare === null ? '' : ` · ${(100 * flopsShare).toFixed(2)} % of pretraining`;
  const left = etaSeconds === null ? '' : ` · ${duration(etaSeconds)} left`;
  return `${phase} ${step}/${steps}${phase === 'stage1' ? ` · errors ${errors}` : ''}${share}${left}`;
}

runCommand(async () => {
  const { options } = parseOptions('graft', defaults);
  if (options.plan === '' || options.out === '') {
    throw new UserError('graft needs --plan FILE (a plan as JSON) and --out DIR (where the results go).');
  }
  const started = Date.now();
  const plan = parsePlanText(await readFile(options.plan, 'utf8'));
  const base = await loadBase(readPublic);
  const { shape } = base.frame;
  const problem = planProblem(plan, {
    id: bundledBase.id,
    depth: shape.depth,
    site: (slot) => siteOf(shape, slot),
  });
  if (problem) throw new UserError(problem);
  const hash = planHash(plan);
  const engine = await engineNamed(options.engine, options.threads);
  const context = graftContext(engine, base, await loadGraftData(readPublic));
  await mkdir(options.out, { recursive: true });
  const line = progressLine();
  const store = await fileStore(join(options.out, 'checkpoints'));
  const scored = options.samples > 0;
  const scorer = scored ? await ImageScorer.create(engine, await loadScorerFiles(readPublic)) : undefined;
  const job = scorer && { engine, base, options, line, scorer, folder: options.out };
  const grafts = graftsOf(plan);

  const baseScores = job ? await score(job, 'the base', {}, base.weights) : null;
  const stage1File = join(options.out, 'stage1.safetensors');
  let stage1Scores: ImageScores | null = null;
  let savedAt = Date.now();
  const hooks: RunHooks = {
    progress: (progress) => line.show(progressText(progress)),
    points: () => {},
    problem: ({ text }) => console.error(`\n${text}`),
    gate: async () => 'go',
    async checkpoint(reason, make) {
      if (reason === 'step' && Date.now() - savedAt < options['save-seconds'] * 1000) return;
      await store.write(checkpointName(plan), encodeCheckpoint(await make()));
      savedAt = Date.now();
    },
    async afterStage1(weights) {
      await writeFile(stage1File, writeSafetensors(weights, metadataOf(shape), { dtype: 'f32' }));
      if (job && !options['skip-stage1-score']) {
        stage1Scores = await score(job, 'the graft after stage 1', grafts, weights);
      }
    },
  };
  const saved = await store.read(checkpointName(plan));
  const { checkpoint, weights } = await runGraft(
    context,
    plan,
    hooks,
    saved && (await decodeCheckpoint(saved)),
  );
  const summary = checkpoint.summary;
  if (!summary) throw new Error('Bug: a finished run has no summary');
  const graftScores = job ? await score(job, 'the graft', grafts, weights) : null;

  const bytes = writeSafetensors(
    { ...weights, pos_embed: base.frame.position },
    { ...metadataOf(shape), scion_plan: JSON.stringify(plan), scion_plan_hash: hash },
    { dtype: 'f32' },
  );
  await writeFile(join(options.out, 'graft.safetensors'), bytes);
  const rows = await pictures(engine, base, options, {}, base.weights, 4);
  const grafted = await pictures(engine, base, options, grafts, weights, 4);
  const pairs = rows.flatMap((row, i) => [row, grafted[i] ?? row]);
  const grid = imageGrid(pairs, shape.classes, shape.inputSize, 2, { scion_plan: JSON.stringify(plan) });
  await writeFile(join(options.out, 'images.png'), grid);

  const cost = modelCost(shape, plan);
  const report: GraftReport = {
    format: 'scion-graft-report',
    version: 1,
    plan,
    planHash: hash,
    engine: engine.description,
    scores: {
      metric: 'FD (Fashion-MNIST CNN)',
      samples: options.samples,
      firstSeed: options['first-seed'],
      guidance: options.guidance,
      denoisingSteps: options['denoising-steps'],
      base: baseScores,
      afterStage1: stage1Scores,
      afterStage2: graftScores,
      change: baseScores && graftScores ? graftScores.fd / baseScores.fd - 1 : null,
    },
    cost: { base: cost.base, graft: cost.total },
    forward: await measureForward(engine, shape, plan),
    training: {
      flops: summary.flops,
      pretrainingFlops: base.pretrainingFlops,
      share: summary.flopsShare,
      seconds: summary.seconds,
      heldOutLoss: summary.heldOutLoss,
    },
    slots: summary.slots,
    points: checkpoint.points,
    hashes: {
      'graft.safetensors': sha256Hex(bytes),
      plan: hash,
      base: sha256Hex(await readPublic('models/dit-fashion-mnist.safetensors')),
    },
    seconds: (Date.now() - started) / 1000,
  };
  await writeFile(join(options.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  if (options.control !== '') {
    await writeFile(options.control, `${JSON.stringify(selfGraftToJson(selfGraftOf(report)))}\n`);
  }
  await store.remove(checkpointName(plan));
  line.end();
  console.log(options.json ? JSON.stringify(report) : summaryOf(report));
});
