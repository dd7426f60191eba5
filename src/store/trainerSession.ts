// The conversation with the trainer: what the page asks of it, and where its answers and events go.
import { FileError, sentence, UserError } from '../lib/errors.ts';
import { graftedSlots } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import { emptyPlan } from '../plan/plan.ts';
import { planProblem } from '../plan/validate.ts';
import type {
  EngineChoice,
  ExportFormat,
  ModelSource,
  Problem,
  RunSummary,
  SampleJob,
  StoredRun,
  TrainerEvent,
  TrainerReplies,
  TrainerRequest,
} from '../workers/protocol.ts';
import type { TrainerClient, TrainerListener } from '../workers/trainerClient.ts';
import { baseCost, planModel } from './costs.ts';
import { appendPoints, noCurves } from './curves.ts';
import { bundledBase, currentPlan, editPlan, startDocument } from './documentStore.ts';
import { currentBypass } from './effectivePlan.ts';
import { samplingSpeed } from './estimate.ts';
import { addFrame, classesFor, type Strip } from './images.ts';
import { addProblem, keepIdentity, model, type SessionState, useSession } from './sessionStore.ts';
import { receiveSensitivity } from './search.ts';
import { useSettings } from './settingsStore.ts';
import { rememberSpeed } from './speed.ts';
import { announce, say, showDock } from './viewStore.ts';

let client: TrainerClient | null = null;

/** Connects the session to a trainer; in the product that is the worker, in tests whatever speaks the protocol. */
export function connectTrainer(start: (listener: TrainerListener) => TrainerClient): void {
  client?.dispose();
  client = start({ event: receive, crashed });
}

function trainer(): TrainerClient {
  if (!client) throw new UserError('The trainer has not started yet; wait a moment and try again.');
  return client;
}

/** One request to the trainer, for what this file does not know of. */
export function askTrainer<K extends TrainerRequest['kind']>(
  request: Extract<TrainerRequest, { readonly kind: K }>,
): Promise<TrainerReplies[K]> {
  return trainer().ask(request);
}

function receive(event: TrainerEvent): void {
  switch (event.kind) {
    case 'progress':
      useSession.setState(({ run, busy }) => ({
        run: keepIdentity(run, event.progress),
        busy: busy.starting ? { ...busy, starting: false } : busy,
      }));
      break;
    case 'points':
      useSession.setState(({ curves }) => ({ curves: appendPoints(curves, event.points) }));
      break;
    case 'frame':
      useSession.setState(({ strips }) => ({ strips: addFrame(strips, event.frame) }));
      break;
      keepFrame(event.frame);
      break;
    case 'sensitivity':
      receiveSensitivity(event.progress);
    case 'status':
      useSession.setState({ status: { text: event.text, fraction: event.fraction } });
      break;
    case 'problem':
      report(event.problem);
      break;
    default:
      event satisfies never;
  }
}

function crashed(text: string): void {
  const { run } = useSession.getState();
  useSession.setState({
    status: null,
    busy: { measuring: false, scoring: false, starting: false },
    run: run && run.state !== 'finished' ? { ...run, state: 'failed' } : run,
  });
  report({ id: 'trainer-crashed', severity: 'error', text, slot: null, action: 'resume' });
}

function report(problem: Problem): void {
  addProblem(problem);
  say(problem.text, problem.severity === 'error' ? 'error' : 'plain');
}

const actions = ['resume', 'retry', 'smallerBatch', 'freeSpace'] as const;

/** Shows a failure to the person: as a problem that stays, and as a sentence now. */
function reportFailure(what: string, error: unknown): void {
  const offered = error instanceof UserError ? error.action : undefined;
  const action = actions.find((known) => known === offered) ?? null;
  report({ id: what, severity: 'error', text: sentence(error), slot: null, action });
}

/** Opens a model and draws the first pictures of it. */
export async function openModel(source: ModelSource, engine: EngineChoice = 'auto'): Promise<void> {
  useSession.setState({
    opening: { state: 'opening' },
    status: { text: 'Starting the trainer', fraction: null },
  });
  try {
    const info = await trainer().ask({ kind: 'open', source, engine });
    useSession.setState({ opening: { state: 'ready', model: info }, status: null });
    announce(`${info.label} is open.`);
    if (info.note)
      addProblem({ id: 'engine-note', severity: 'warning', text: info.note, slot: null, action: null });
    fitPlanToModel();
    await refreshRuns();
    offerUnfinished();
    await sampleBoth();
  } catch (error) {
    useSession.setState({ opening: { state: 'failed', sentence: sentence(error) }, status: null });
    reportFailure('open', error);
  }
}

/** A plan of another model does not fit this one: it stays in the history, an empty one of this model goes on top. */
function fitPlanToModel(): void {
  const info = model();
  if (!info) return;
  const plan = currentPlan();
  const fresh = plan.base === bundledBase && graftedSlots(plan).length === 0;
  if (fresh && info.id !== plan.base) {
    startDocument({ ...plan, base: info.id }, 'Pretrained model');
    return;
  }
  const problem = planProblem(plan, planModel(info));
  if (!problem) return;
  editPlan({ plan: emptyPlan(info.id), label: `Started anew on ${info.label}` });
  report({
    id: 'plan-misfit',
    severity: 'warning',
    text: `${problem} The plan is kept: one undo brings it back.`,
    slot: null,
    action: null,
  });
}

export async function refreshRuns(): Promise<void> {
  const storedRuns = await trainer().ask({ kind: 'runs' });
  const summaries = { ...useSession.getState().summaries };
  for (const run of storedRuns) if (run.summary) summaries[run.planHash] = run.summary;
  useSession.setState({ storedRuns, summaries });
  showResultsOf(currentPlan());
}

/** Asks about the latest run that was cut off. */
function offerUnfinished(): void {
  if (isTraining()) return;
  const unfinished = useSession.getState().storedRuns.filter((run) => !run.finished);
  const [latest = null] = unfinished.sort((a, b) => b.savedAt - a.savedAt);
  useSession.setState({ resumable: latest });
}

/** Going back to a plan that has results shows them again. */
export function showResultsOf(plan: Plan): void {
  if (isTraining()) return;
  const hash = planHash(plan);
  const { run, storedRuns, summaries } = useSession.getState();
  if (run?.planHash === hash) return;
  const stored = storedRuns.find((candidate) => candidate.planHash === hash && candidate.finished);
  const summary = summaries[hash];
  if (summary) {
    useSession.setState({
      run: summary,
      runPlan: plan,
      curves: appendPoints(noCurves, stored?.points ?? []),
    });
  } else if (run) {
    useSession.setState({ run: null, runPlan: null, curves: noCurves });
  }
}

export function isTraining(): boolean {
  const { run, busy } = useSession.getState();
  return busy.starting || run?.state === 'running' || run?.state === 'paused';
}

/** Runs stage 1 and stage 2 of the present plan, from its checkpoint when `from` is a stored run. */
export async function graft(from: 'start' | 'checkpoint' = 'start'): Promise<void> {
  const plan = currentPlan();
  const hash = planHash(plan);
  useSession.setState(({ busy, storedRuns }) => ({
    busy: { ...busy, starting: true },
    run: null,
    runPlan: plan,
    resumable: null,
    curves:
      from === 'checkpoint'
        ? appendPoints(noCurves, storedRuns.find((run) => run.planHash === hash)?.points ?? [])
        : noCurves,
  }));
  showDock('run');
  announce(from === 'start' ? 'Grafting started.' : 'Grafting resumed.');
  try {
    const summary = await trainer().ask({ kind: 'graft', plan, resume: from === 'checkpoint' });
    finish(plan, summary);
    await refreshRuns();
    if (summary.state === 'finished' || summary.state === 'cancelled') await afterRun();
  } catch (error) {
    useSession.setState(({ run, busy }) => ({
      run: run && { ...run, state: 'failed' },
      busy: { ...busy, starting: false },
    }));
    reportFailure('graft', error);
    await refreshRuns().then(offerUnfinished, () => undefined);
  } finally {
    useSession.setState(({ busy }) => ({ busy: { ...busy, starting: false }, status: null }));
  }
}

function finish(plan: Plan, summary: RunSummary): void {
  useSession.setState(({ summaries, busy }) => ({
    run: summary,
    runPlan: plan,
    summaries: { ...summaries, [summary.planHash]: summary },
    busy: { ...busy, starting: false },
  }));
  announce(
    summary.state === 'finished' ? 'Grafting is finished.' : 'Grafting ended; the best weights are kept.',
  );
}

async function afterRun(): Promise<void> {
  await sampleBoth();
  await measure();
}

export async function resumeRun(stored: StoredRun): Promise<void> {
  editPlan({ plan: stored.plan, label: 'Plan of the resumed run' });
  await graft('checkpoint');
}

export async function discardRun(stored: StoredRun): Promise<void> {
  useSession.setState({ resumable: null });
  await guarded('discard', async () => {
    await trainer().ask({ kind: 'deleteRun', planHash: stored.planHash });
    await refreshRuns();
  });
}

/** Leaves an unfinished run in storage and stops asking about it until the next visit. */
export function leaveRun(): void {
  useSession.setState({ resumable: null });
}

export function pauseRun(): Promise<void> {
  return guarded('pause', () => trainer().ask({ kind: 'pause' }));
}

export function continueRun(): Promise<void> {
  return guarded('continue', () => trainer().ask({ kind: 'continue' }));
}

/** Saves a run that goes on: the page is about to be hidden or closed. */
export function flushRun(): void {
  if (client && isTraining()) void trainer().ask({ kind: 'flush' });
}

/** Ends the run; the best weights so far stay. */
export function cancelRun(): Promise<void> {
  return guarded('cancel', () => trainer().ask({ kind: 'cancel' }));
}

let jobNumber = 0;

function sampleJob(which: SampleJob['which'], plan: Plan): SampleJob {
  const { guidance, sampleSteps, sampleClass, sampleSeed, sampleCount } = useSettings.getState();
  const classes = model()?.config.classes ?? 1;
  return {
    jobId: `${which}-${++jobNumber}`,
    which,
    plan,
    seed: sampleSeed,
    classes: classesFor(sampleClass, sampleCount, classes),
    guidance,
    steps: sampleSteps,
    sampler: 'ddim',
    ...(which === 'graft' && { bypassed: currentBypass() }),
  };
}

/** Draws the pictures of the base, and those of the graft where there is one, from the same seeds. */
export async function sampleBoth(): Promise<void> {
  const plan = currentPlan();
  await sample('base', plan);
  if (graftedSlots(plan).length > 0 && hasWeights(plan)) await sample('graft', plan);
}

/** Draws the graft's pictures anew, as after a change of what is bypassed. */
export async function sampleGraft(): Promise<void> {
  await sample('graft', currentPlan());
}

/** Has a run, or a file, left trained weights for this plan? */
export function hasWeights(plan: Plan): boolean {
  const { summaries, storedRuns } = useSession.getState();
  const hash = planHash(plan);
  return summaries[hash] !== undefined || storedRuns.some((run) => run.finished && run.planHash === hash);
}

async function sample(which: SampleJob['which'], plan: Plan): Promise<void> {
  const job = sampleJob(which, plan);
  const before = useSession.getState().strips[which];
  if (before?.state === 'running') await trainer().ask({ kind: 'stopSample', jobId: before.job.jobId });
  const strip: Strip = { job, planHash: planHash(plan), frames: [], state: 'running', milliseconds: null };
  useSession.setState(({ strips }) => ({ strips: { ...strips, [which]: strip }, scrubStep: null }));
  try {
    const reply = await trainer().ask({ kind: 'sample', job });
    updateStrip(job, { state: reply.finished ? 'done' : 'failed', milliseconds: reply.milliseconds });
    if (reply.finished && which === 'base') measureSpeed(job, reply.milliseconds);
  } catch (error) {
    updateStrip(job, { state: 'failed' });
    reportFailure('sample', error);
  } finally {
    useSession.setState({ status: null });
  }
}

function updateStrip(job: SampleJob, patch: Partial<Strip>): void {
  useSession.setState(({ strips }) => {
    const strip = strips[job.which];
    return strip?.job.jobId === job.jobId
      ? { strips: { ...strips, [job.which]: { ...strip, ...patch } } }
      : {};
  });
}

function measureSpeed(job: SampleJob, milliseconds: number): void {
  const info = model();
  if (!info || milliseconds <= 0) return;
  const macsPerImage = baseCost(info.config).macs;
  const { guidance, steps } = job;
  rememberSpeed(samplingSpeed({ pictures: job.classes.length, steps, guidance, macsPerImage, milliseconds }));
}

/** Milliseconds of a forward pass, original against graft, on this machine. */
export function measure(): Promise<void> {
  const plan = currentPlan();
  return whileBusy('measuring', async () => {
    const measurement = await trainer().ask({ kind: 'measure', plan });
    useSession.setState(({ measurements }) => ({
      measurements: { ...measurements, [planHash(plan)]: measurement },
    }));
  });
}

/** Fréchet distance of base and graft to the data, in the features of the bundled Fashion-MNIST CNN. */
export function score(samples: number): Promise<void> {
  const plan = currentPlan();
  return whileBusy('scoring', async () => {
    const distance = await trainer().ask({ kind: 'distance', plan, samples });
    const hash = planHash(plan);
    useSession.setState(({ distances }) => ({
      distances: { ...distances, [hash]: { planHash: hash, ...distance } },
    }));
    announce(`Distance measured: original ${distance.base.toFixed(2)}, graft ${distance.graft.toFixed(2)}.`);
  });
}

/** Writes the model, reads it back, runs it, and keeps file and deviation for the export sheet. */
export async function exportModel(format: ExportFormat): Promise<void> {
  const plan = currentPlan();
  const set = (state: SessionState['exports'][ExportFormat]) =>
    useSession.setState(({ exports }) => ({ exports: { ...exports, [format]: state } }));
  set({ state: 'working' });
  try {
    const file = await trainer().ask({ kind: 'export', plan, format });
    set({ state: 'done', file, planHash: planHash(plan) });
    announce(`${file.name} is written and checked. ${file.checked}`);
  } catch (error) {
    set({ state: 'failed', sentence: sentence(error) });
  } finally {
    useSession.setState({ status: null });
  }
}

/** Opens a model file that was dropped or chosen: an export of ours, or weights of another model. */
export async function importFile(file: File): Promise<void> {
  const imported = await trainer().ask({ kind: 'import', file });
  if (imported.plan.base !== model()?.id) await openModel({ kind: 'file', file });
  const info = model();
  const problem = info && planProblem(imported.plan, planModel(info));
  if (problem) throw new FileError(problem);
  editPlan({ plan: imported.plan, label: `Opened ${file.name}` });
  say(imported.sentence);
  await refreshRuns();
  if (imported.weights) await sampleBoth();
}

async function whileBusy(what: 'measuring' | 'scoring', job: () => Promise<void>): Promise<void> {
  const set = (busy: boolean) => useSession.setState((state) => ({ busy: { ...state.busy, [what]: busy } }));
  set(true);
  await guarded(what, job);
  set(false);
  useSession.setState({ status: null });
}

async function guarded(what: string, job: () => Promise<unknown>): Promise<void> {
  try {
    await job();
  } catch (error) {
    reportFailure(what, error);
  }
}
