// What was dropped on the window or chosen: a plan is read here, a model's header too; weights go to the trainer.
import { FileError, sentence, UserError } from '../lib/errors.ts';
import { parsePlanText, planProblem } from '../plan/validate.ts';
import type { ModelFiles } from '../workers/protocol.ts';
import { planModel } from './costs.ts';
import { currentPlan, editPlan } from './documentStore.ts';
import { openProjectText } from './projectTransfer.ts';
import { restoreDrawing } from './restoreDrawing.ts';
import { model } from './sessionStore.ts';
import { openingEnded, openShownModel } from './trainer/opening.ts';
import { drawMissingPictures, hasWeights, importFile, isTraining } from './trainerSession.ts';
import { say } from './viewStore.ts';

/** A plan is about 1 KB; a project with pictures may reach some megabytes. */
const largestPlan = 4_000_000;

export function openFile(file: File): Promise<void> {
  return openDropped({ kind: 'file', file });
}

/** Opens files as one history entry, or says in one sentence why not; the plan on screen stays either way. */
export async function openDropped(files: ModelFiles): Promise<void> {
  try {
    await (files.kind === 'file' ? open(files.file) : openModelFiles(files));
  } catch (error) {
    say(sentence(error), 'error');
    if (!(error instanceof UserError)) throw error;
  }
}

async function open(file: File): Promise<void> {
  if (file.size === 0) throw new FileError(`${file.name} is empty; choose a file with content.`);
  if (/\.json$/i.test(file.name)) return openPlan(file);
  if (/\.zip$/i.test(file.name)) return openArchive(file);
  if (/\.(safetensors|pt|pth|ckpt)$/i.test(file.name)) return openModelFiles({ kind: 'file', file });
  // The worker tells by content what these hold; a picture may carry its plan.
  if (/\.onnx$/i.test(file.name)) return importFile(file);
  if (/\.png$/i.test(file.name)) {
    await importFile(file);
    return restoreDrawing(file);
  }
  throw new FileError(
    `${file.name} is no file that Scion opens; it opens .safetensors, .pt, .onnx, .png with a plan, plans (.graft.json), projects (.graft.json, .graft.zip), and model folders.`,
  );
}

/** Names in the browser's performance timeline, between which a model's graph came on screen. */
export const openingMarks = { start: 'scion.open', shown: 'scion.open.shown' } as const;

/** Header first: the graph is there before the trainer has looked at a single weight. */
async function openModelFiles(files: ModelFiles): Promise<void> {
  performance.mark(openingMarks.start);
  // The readers of checkpoints are needed once a model comes, not before.
  const { readModelHeader } = await import('./modelHeader.ts');
  const shown = await readModelHeader(files);
  if (!shown) return openGraft(files);
  if (isTraining()) {
    throw new UserError('A graft is running; cancel it before another model is opened.');
  }
  const opened = openShownModel(files, shown);
  performance.mark(openingMarks.shown);
  await opened;
}

function openGraft(files: ModelFiles): Promise<void> {
  if (files.kind === 'file') return importFile(files.file);
  throw new FileError(
    `The folder ${files.name} holds a graft; open its base model, then drop the file with its weights instead of the folder.`,
  );
}

async function openArchive(file: File): Promise<void> {
  await openingEnded();
  const { openProjectArchive } = await import('./projectArchive.ts');
  const count = await openProjectArchive(file);
  const weights = count === 1 ? 'the weights of one plan' : `the weights of ${count} plans`;
  say(`${file.name} is open as a project of its own, with ${count === 0 ? 'no weights' : weights}.`);
  if (hasWeights(currentPlan())) await drawMissingPictures();
}

async function openPlan(file: File): Promise<void> {
  if (file.size > largestPlan)
    throw new FileError(`${file.name} is too large to be a plan (${file.size} bytes).`);
  const text = await file.text();
  if (await openProjectText(text)) return say(`${file.name} is open as a project of its own.`);
  const plan = parsePlanText(text);
  const info = model();
  const problem = info && planProblem(plan, planModel(info));
  if (problem) throw new FileError(problem);
  editPlan({ plan, label: `Opened ${file.name}` });
  say(`${file.name} is open. One undo brings the plan before it back.`);
}
