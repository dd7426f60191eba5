// The top bar: what is open, undo and redo, the command palette, theme, share and export.
import { openDialog } from '../../store/viewStore.ts';
import { chordText, platform } from '../commands/keys.ts';
import { Icon } from '../icons/Icon.tsx';
import { CommandButton } from '../parts/CommandButton.tsx';
import { BaseMenu } from './BaseMenu.tsx';
import { EngineSign } from './EngineSign.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { HelpMenu } from './HelpMenu.tsx';
import { PlanMenu } from './PlanMenu.tsx';
import { ProjectMenu } from './ProjectMenu.tsx';

export function TopBar() {
  return (
    <header className="top-bar">
      <Logo />
      <ProjectMenu />
      <span className="divider" />
      <BaseMenu />
      <PlanMenu />
      <span className="divider" />
      <CommandButton id="edit.undo" />
      <CommandButton id="edit.redo" />
      <SearchField />
      <CommandButton id="view.styles" />
      <EngineSign />
      <CommandButton id="view.theme" />
      <CommandButton id="file.link" className="btn">
        <Icon name="share" /> Share
      </CommandButton>
      <ExportMenu />
      <HelpMenu />
    </header>
  );
}

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 20 20" role="img" aria-label="Scion">
      <title>Scion</title>
      <path d="M10 18v-6.5M10 11.5 5 7V3" stroke="var(--ink)" />
      <path d="M10 11.5 15 7c1-3 .5-4 0-5-2 1-3 2.5-2.5 5" stroke="var(--graft)" />
    </svg>
  );
}

function SearchField() {
  return (
    <button
      type="button"
      className="field search"
      aria-label="Search or run a command"
      onClick={() => openDialog({ kind: 'palette', query: '' })}
    >
      <Icon name="search" />
      <span className="words">Search or run a command</span>
      <span className="kbd">{chordText('Mod+K', platform())}</span>
    </button>
  );
}
