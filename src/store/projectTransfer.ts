// Projects as files: the tree of plans with the figures and small pictures of its results; weights stay behind.
import { FileError } from '../lib/errors.ts';
import { present } from '../plan/history.ts';
import { isProject, parseProject, projectToJson, resultsOf } from '../plan/projectFile.ts';
import { planProblem } from '../plan/validate.ts';
import { planModel } from './costs.ts';
import { useDocument } from './documentStore.ts';
import { admit, resultsAsJson } from './planResults.ts';
import { openProjectFile } from './projects.ts';
import { model } from './sessionStore.ts';

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

export function projectAsFile(): TextFile {
  const { project, history } = useDocument.getState();
  const plans = [...history.nodes.values()].map((node) => node.plan);
  const json = projectToJson({ name: project.name, history }, resultsAsJson(plans));
  return { name: `${fileName(project.name)}.graft.json`, text: `${JSON.stringify(json, null, 1)}\n` };
}

/** Opens the text if it is a project, as one of its own beside those that there are; false when it is none. */
export async function openProjectText(text: string): Promise<boolean> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isProject(value)) return false;
  const info = model();
  const problem = info && planProblem(present(parseProject(value).history), planModel(info));
  if (problem) throw new FileError(problem);
  for (const result of resultsOf(value)) admit(result);
  await openProjectFile(value);
  return true;
}

/** Letters and digits of any script stay; what file systems refuse does not. */
function fileName(name: string): string {
  const plain = name
    .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .trim()
    .replace(/\s+/g, '-');
  return plain === '' ? 'project' : plain.slice(0, 80);
}
