// Commands on projects: a name, a tree of plans, and what was measured on them.
import { isUntouched, unnamedProject, useDocument } from '../../store/documentStore.ts';
import { usePlanView } from '../../store/planView.ts';
import { duplicateProject, newProject } from '../../store/projects.ts';
import { projectAsFile } from '../../store/projectTransfer.ts';
import { say } from '../../store/viewStore.ts';
import { download } from '../parts/files.ts';
import { always, type Command } from './command.ts';

function saveProject(): void {
  const { name, text } = projectAsFile();
  download(name, new Blob([text], { type: 'application/json' }));
  say(`${name} is saved: every plan, with its figures. Weights are exported on their own.`);
}

export const projectCommands: readonly Command[] = [
  {
    id: 'project.rename',
    title: 'Rename the project',
    group: 'File',
    keys: [],
    keywords: 'name title',
    unavailable: always,
    run: () => usePlanView.setState({ namingProject: true }),
  },
  {
    id: 'project.new',
    title: 'New project',
    group: 'File',
    keys: [],
    icon: 'plus',
    keywords: 'empty start over create',
    unavailable: () =>
      isUntouched() && useDocument.getState().project.name === unnamedProject
        ? 'this one is still empty'
        : null,
    run: () => void newProject(),
  },
  {
    id: 'project.duplicate',
    title: 'Duplicate the project',
    group: 'File',
    keys: [],
    keywords: 'copy fork save as',
    unavailable: always,
    run: () => void duplicateProject(),
  },
  {
    id: 'file.save',
    title: 'Save the project as a file',
    group: 'File',
    keys: ['Mod+S'],
    icon: 'export',
    keywords: 'download json plans results',
    unavailable: always,
    run: saveProject,
  },
];
