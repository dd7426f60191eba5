// A project as a file: its name and its whole tree of plans, with the present plan in front for whoever wants only that.
import { FileError } from '../lib/errors.ts';
import { type History, present } from './history.ts';
import { historyToJson, parseHistory } from './historyFile.ts';
import { isRecord, show, text } from './reading.ts';

export interface ProjectFile {
  readonly name: string;
  readonly history: History;
}

const format = 'scion-project';
const version = 1;

/** @param results what belongs to the plans beside the tree; read by whoever wrote it */
export function projectToJson({ name, history }: ProjectFile, results: readonly unknown[] = []): unknown {
  return {
    format,
    version,
    name,
    plan: present(history),
    history: historyToJson(history),
    ...(results.length === 0 ? {} : { results }),
  };
}

export function isProject(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && value.format === format;
}

export function parseProject(value: unknown): ProjectFile {
  if (!isProject(value)) {
    throw new FileError(`This is not a project: the mark "format": "${format}" is missing.`);
  }
  if (value.version !== version) {
    throw new FileError(
      `This project has version ${show(value.version)}, this Scion reads ${version}; open it with the Scion that wrote it.`,
    );
  }
  return { name: text(200)(value.name, "The project's name"), history: parseHistory(value.history) };
}

/** What a project file carries beside the tree; nothing where it carries none. */
export function resultsOf(value: unknown): readonly unknown[] {
  return isProject(value) && Array.isArray(value.results) ? value.results : [];
}
