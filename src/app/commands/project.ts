// Commands on projects: a name, a tree of plans, and what was measured on them.
import { sentence } from '../../lib/errors.ts';
import { isUntouched, unnamedProject, useDocument } from '../../store/documentStore.ts';
import { usePlanView } from '../../store/planView.ts';
import {
  deleteProject,
  duplicateProject,
  newProject,
  restoreProject,
  useDeletedProject,
} from '../../store/projects.ts';
import { projectAsFile } from '../../store/projectTransfer.ts';
import { model } from '../../store/sessionStore.ts';
import { isLookingOn } from '../../store/tabs.ts';
import { isTraining } from '../../store/trainerSession.ts';
import { say } from '../../store/viewStore.ts';
import { download } from '../parts/files.ts';
import { always, type Command } from './command.ts';

function isEmptyProject(): boolean {
  return isUntouched() && useDocument.getState().project.name === unnamedProject;
}

function saveProject(): void {
  const { name, text } = projectAsFile();
  download(name, new Blob([text], { type: 'application/json' }));
  say(`${name} is saved: every plan, with its figures. Save it with its weights to keep those too.`);
}

async function saveArchive(): Promise<void> {
  try {
    const { projectAsArchive } = await import('../../store/projectArchive.ts');
    const { name, blob, weights } = await projectAsArchive();
    download(name, blob);
    say(
      `${name} is saved: every plan, with its figures, and the weights of ${weights === 1 ? 'one' : weights}.`,
    );
  } catch (error) {
    say(sentence(error), 'error');
  }
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
    unavailable: () => (isEmptyProject() ? 'this one is still empty' : null),
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
    id: 'project.delete',
    title: 'Delete the project',
    group: 'File',
    keys: [],
    icon: 'close',
    keywords: 'remove',
    unavailable: () => {
      if (isLookingOn()) return 'it is open in another tab';
      if (isTraining()) return 'a run is going on';
      return isEmptyProject() ? 'this one is still empty' : null;
    },
    run: () => void deleteProject(),
  },
  {
    id: 'project.restore',
    title: 'Bring the deleted project back',
    group: 'File',
    keys: [],
    icon: 'restore',
    keywords: 'undelete undo restore',
    unavailable: () =>
      useDeletedProject.getState().deleted ? null : 'no project was deleted since the page opened',
    run: () => void restoreProject(),
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
  {
    id: 'file.saveWeights',
    title: 'Save the project with its weights, .graft.zip',
    group: 'File',
    keys: [],
    icon: 'export',
    keywords: 'download zip archive plans results checkpoint',
    unavailable: () => (model() ? null : 'the model is still opening'),
    run: () => void saveArchive(),
  },
];
