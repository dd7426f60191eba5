// Opening a model: what follows from it for the plan, the runs and the pictures.
import { sentence } from '../../lib/errors.ts';
import { graftedSlots } from '../../plan/edits.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { planProblem } from '../../plan/validate.ts';
import type { EngineChoice, ModelFiles, ModelInfo, ModelSource } from '../../workers/protocol.ts';
import { planModel } from '../costs.ts';
import { bundledBase, currentPlan, editPlan, isUntouched, startDocument } from '../documentStore.ts';
import { noStrips, type Strips } from '../images.ts';
import { addProblem, dismissProblem, headerOnly, model, type Opening, useSession } from '../sessionStore.ts';
import { announce } from '../viewStore.ts';
import { storeDemoWeights } from './demoWeights.ts';
import { report, reportFailure } from './failures.ts';
import { askTrainer } from './link.ts';
import { tellPace } from './pace.ts';
import { drawMissingPictures } from './pictures.ts';
import { offerUnfinished, refreshRuns } from './runs.ts';

interface Opened {
  readonly source: ModelSource;
  readonly engine: EngineChoice;
}

let opened: Opened = { source: { kind: 'bundled' }, engine: 'auto' };

/** Opens a model and draws the first pictures of it. */
export async function openModel(source: ModelSource, engine: EngineChoice = 'auto'): Promise<void> {
  useSession.setState(({ strips }) => ({
    strips: source.kind === 'bundled' ? bundledOnly(strips) : noStrips,
  }));
  opened = { source, engine };
  const { opening } = useSession.getState();
  if (!(await open(opened, source.kind === 'bundled' ? headerOf(opening) : undefined))) return;
  await storeDemoWeights();
  await drawMissingPictures();
}

/** A header that is on screen stays there until the trainer has read the rest. */
function headerOf(opening: Opening): Opening | undefined {
  return opening.state === 'ready' && opening.model.engine === headerOnly ? opening : undefined;
}

/** Pictures that came with the page show the model that came with it. */
function bundledOnly({ base, graft }: Strips): Strips {
  return { base: base?.bundled ? base : null, graft: graft?.bundled ? graft : null };
}

/** The same for files whose header was read already: their graph is on screen while the trainer opens them. */
export async function openShownModel(source: ModelFiles, shown: ModelInfo): Promise<void> {
  useSession.setState({ strips: noStrips, opening: { state: 'ready', model: shown } });
  fitPlanToModel();
  opened = { source, engine: 'auto' };
  if (await open(opened, { state: 'ready', model: shown })) await drawMissingPictures();
}

/** The same model in a new trainer: pictures that are there stay. */
export async function reopenModel(): Promise<void> {
  if (await open(opened)) void drawMissingPictures();
}

/** Resolves once the trainer has the model, or could not open it. */
export async function openingEnded(): Promise<void> {
  const isOpening = ({ opening }: { readonly opening: Opening }) =>
    opening.state === 'opening' || headerOf(opening) !== undefined;
  if (!isOpening(useSession.getState())) return;
  await new Promise<void>((resolve) => {
    const stop = useSession.subscribe((state) => {
      if (isOpening(state)) return;
      stop();
      resolve();
    });
  });
}

/** Answers whether the model is open. */
async function open({ source, engine }: Opened, meanwhile: Opening = { state: 'opening' }): Promise<boolean> {
  useSession.setState({
    opening: meanwhile,
    status: { text: 'Starting the trainer', fraction: null },
  });
  try {
    const info = await askTrainer({ kind: 'open', source, engine });
    useSession.setState({ opening: { state: 'ready', model: info }, status: null });
    announce(`${info.label} is open.`);
    if (info.note)
      addProblem({ id: 'engine-note', severity: 'warning', text: info.note, slot: null, action: null });
    tellLimits(info);
    fitPlanToModel();
    await tellPace();
    await refreshRuns();
    offerUnfinished();
    return true;
  } catch (error) {
    useSession.setState({ opening: { state: 'failed', sentence: sentence(error) }, status: null });
    reportFailure('open', error);
    return false;
  }
}

/** What this model cannot do here is said once, and stays among the problems. */
function tellLimits({ label, limits, unknown = [] }: ModelInfo): void {
  dismissProblem('model-limits');
  dismissProblem('unknown-tensors');
  const missing = [limits?.images, limits?.training].filter((text) => typeof text === 'string');
  if (missing.length > 0) {
    const text = `${missing.join(' ')} Graph, costs, plans and their export work.`;
    report({ id: 'model-limits', severity: 'warning', text, slot: null, action: null });
  }
  if (unknown.length === 0) return;
  const some = unknown.slice(0, 5).map(({ name, guess }) => `${name} (${guess})`);
  const more = unknown.length > some.length ? `, and ${unknown.length - some.length} more` : '';
  const are =
    unknown.length === 1 ? ['1 tensor', 'belongs', 'is'] : [`${unknown.length} tensors`, 'belong', 'are'];
  const text = `${are[0]} of ${label} ${are[1]} to no part of the model and ${are[2]} left out: ${some.join(', ')}${more}.`;
  addProblem({ id: 'unknown-tensors', severity: 'warning', text, slot: null, action: null });
}

/** A plan of another model does not fit this one: it stays in the history, an empty one of this model goes on top. */
function fitPlanToModel(): void {
  const info = model();
  if (!info) return;
  const plan = currentPlan();
  const fresh = isUntouched() && plan.base === bundledBase && graftedSlots(plan).length === 0;
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
