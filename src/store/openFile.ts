// A file dropped on the window or chosen: a plan is read here, weights go to the trainer.
import { FileError, sentence, UserError } from '../lib/errors.ts';
import { parsePlanText, planProblem } from '../plan/validate.ts';
import { planModel } from './costs.ts';
import { editPlan } from './documentStore.ts';
import { openProjectText } from './projectTransfer.ts';
import { model } from './sessionStore.ts';
import { importFile } from './trainerSession.ts';
import { say } from './viewStore.ts';

/** A plan is about 1 KB; a project with pictures may reach some megabytes. */
const largestPlan = 4_000_000;

/** Opens a file as one history entry, or says in one sentence why not; the plan on screen stays either way. */
export async function openFile(file: File): Promise<void> {
  try {
    await open(file);
  } catch (error) {
    say(sentence(error), 'error');
    if (!(error instanceof UserError)) throw error;
  }
}

async function open(file: File): Promise<void> {
  if (file.size === 0) throw new FileError(`${file.name} is empty; choose a file with content.`);
  if (/\.json$/i.test(file.name)) return openPlan(file);
  // The worker tells by content what these hold; a picture may carry its plan.
  if (/\.(safetensors|onnx|pt|pth|ckpt|png)$/i.test(file.name)) return importFile(file);
  throw new FileError(
    `${file.name} is no file that Scion opens; it opens .safetensors, .pt, .onnx, .png with a plan, and plans (.graft.json).`,
  );
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
