// Files that leave through the trainer, checked, and files that it reads.
import { FileError, sentence } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { planProblem } from '../../plan/validate.ts';
import type { ExportedFile, ExportFormat } from '../../workers/protocol.ts';
import { planModel } from '../costs.ts';
import { currentPlan, editPlan } from '../documentStore.ts';
import { type ExportKind, type ExportState, model, useSession } from '../sessionStore.ts';
import { announce, say } from '../viewStore.ts';
import { askTrainer } from './link.ts';
import { openingEnded, openModel } from './opening.ts';
import { drawMissingPictures } from './pictures.ts';
import { refreshRuns } from './runs.ts';

/** Writes the model, reads it back, runs it, and keeps file and deviation for the export sheet. */
export async function exportModel(format: ExportFormat): Promise<void> {
  const plan = currentPlan();
  await exported(format, plan, () => askTrainer({ kind: 'export', plan, format }));
}

/** Keeps what a job writes for the export sheet, with its check, or the sentence that says why there is nothing. */
export async function exported(
  kind: ExportKind,
  plan: Plan,
  write: () => Promise<ExportedFile>,
): Promise<void> {
  const set = (state: ExportState) =>
    useSession.setState(({ exports }) => ({ exports: { ...exports, [kind]: state } }));
  set({ state: 'working' });
  try {
    const file = await write();
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
  // A file may be dropped on a page that is still starting.
  await openingEnded();
  const imported = await askTrainer({ kind: 'import', file });
  if (imported.plan.base !== model()?.id) await openModel({ kind: 'file', file });
  const info = model();
  const problem = info && planProblem(imported.plan, planModel(info));
  if (problem) throw new FileError(problem);
  editPlan({ plan: imported.plan, label: `Opened ${file.name}` });
  say(imported.sentence);
  await refreshRuns();
  if (imported.weights) await drawMissingPictures();
}
