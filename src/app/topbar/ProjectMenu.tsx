// The project's name: a menu of what can be done with it and of the other projects; typed in place to rename it.
import { nameProject, useDocument } from '../../store/documentStore.ts';
import { usePlanView } from '../../store/planView.ts';
import { openProject, useDeletedProject, useProjects } from '../../store/projects.ts';
import { clockTime } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { commandItem } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';
import { NameEntry } from '../parts/NameEntry.tsx';

export function ProjectMenu() {
  const name = useDocument((state) => state.project.name);
  const isNaming = usePlanView((state) => state.namingProject);
  const done = () => usePlanView.setState({ namingProject: false });
  if (isNaming) {
    return (
      <span className="project-name">
        <NameEntry
          label="Name of the project"
          value={name}
          onTake={(typed) => {
            nameProject(typed);
            done();
          }}
          onLeave={done}
        />
      </span>
    );
  }
  return (
    <Menu label={`Project ${name}`} items={projectItems} className="btn project">
      <h1 className="ellipsis">{name}</h1>
      <Icon name="down" />
    </Menu>
  );
}

const mostProjects = 8;

function projectItems(): MenuItem[] {
  const { project } = useDocument.getState();
  const others = useProjects.getState().list.filter(({ id }) => id !== project.id);
  return [
    commandItem('project.rename'),
    commandItem('project.new'),
    commandItem('project.duplicate'),
    commandItem('project.delete'),
    ...(useDeletedProject.getState().deleted ? [commandItem('project.restore')] : []),
    { ...commandItem('file.open'), startsGroup: true },
    commandItem('file.save'),
    commandItem('file.saveWeights'),
    ...others.slice(0, mostProjects).map(
      ({ id, name, modified }, index): MenuItem => ({
        id: `project-${id}`,
        label: name,
        detail: savedText(modified),
        run: () => void openProject(id),
        ...(index === 0 ? { startsGroup: true } : {}),
      }),
    ),
  ];
}

const dayMs = 24 * 3600 * 1000;

/** The time of day for today, the date for what is older. */
function savedText(at: number): string {
  return Date.now() - at < dayMs ? clockTime(at) : new Date(at).toLocaleDateString();
}
