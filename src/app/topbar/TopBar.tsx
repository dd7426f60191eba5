// The top bar: what is open, undo and redo, the command palette, theme, share and export.

import { planHash } from '../../plan/hash.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { openDialog } from '../../store/viewStore.ts';
import { chordText, platform } from '../commands/keys.ts';
import { Icon } from '../icons/Icon.tsx';
import { CommandButton, commandItem } from '../parts/CommandButton.tsx';
import { Menu } from '../parts/Menu.tsx';
import { EngineSign } from './EngineSign.tsx';

export function TopBar() {
  return (
    <header className="top-bar">
      <Logo />
      <h1 className="project">Scion</h1>
      <span className="divider" />
      <BaseMenu />
      <PlanMenu />
      <span className="divider" />
      <CommandButton id="edit.undo" />
      <CommandButton id="edit.redo" />
      <SearchField />
      <EngineSign />
      <CommandButton id="view.theme" />
      <CommandButton id="file.link" className="btn">
        <Icon name="share" /> Share
      </CommandButton>
      <CommandButton id="file.export" className="btn btn--outline">
        <Icon name="export" /> Export
      </CommandButton>
    </header>
  );
}

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M10 18v-6.5M10 11.5 5 7V3" stroke="var(--ink)" />
      <path d="M10 11.5 15 7c1-3 .5-4 0-5-2 1-3 2.5-2.5 5" stroke="var(--graft)" />
    </svg>
  );
}

function BaseMenu() {
  const model = useSession(selectModel);
  return (
    <Menu label="Base model" items={() => [commandItem('file.open')]}>
      <span className="label">base</span> <span className="ellipsis">{model?.label ?? 'opening…'}</span>
      <Icon name="down" />
    </Menu>
  );
}

function PlanMenu() {
  const plan = useDocument(selectPlan);
  const items = () =>
    ['view.history', 'file.save', 'file.open', 'file.link', 'edit.restoreAll'].map(commandItem);
  return (
    <Menu label="Plan" items={items}>
      <span className="label">plan</span> <span className="num">{planHash(plan).slice(0, 4)}</span>
      <Icon name="down" />
    </Menu>
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
