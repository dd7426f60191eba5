// A button for a command of the registry: its title, its keys, and whether it can run now.
import type { ReactNode } from 'react';
import { useDocument } from '../../store/documentStore.ts';
import { useSearch } from '../../store/search.ts';
import { useSession } from '../../store/sessionStore.ts';
import { useSettings } from '../../store/settingsStore.ts';
import { useView } from '../../store/viewStore.ts';
import type { Command } from '../commands/command.ts';
import { commandById } from '../commands/index.ts';
import { chordText, platform } from '../commands/keys.ts';
import { Icon } from '../icons/Icon.tsx';
import type { MenuItem } from './Menu.tsx';

interface Props {
  readonly id: string;
  readonly className?: string;
  readonly children?: ReactNode;
}

export function CommandButton({ id, className = 'btn btn--icon', children }: Props) {
  const command = commandById(id);
  const unavailable = useUnavailable(command);
  return (
    <button
      type="button"
      className={className}
      aria-label={command.title}
      title={unavailable === null ? titleWithKeys(command) : `${command.title}: ${unavailable}`}
      disabled={unavailable !== null}
      data-command={id}
      onClick={() => command.run()}
    >
      {children ?? (command.icon && <Icon name={command.icon} />)}
    </button>
  );
}

/** Why a command cannot run now, kept up to date with all stores that commands ask. */
export function useUnavailable(command: Command): string | null {
  const ask = () => command.unavailable();
  useDocument(ask);
  useSession(ask);
  useSettings(ask);
  useSearch(ask);
  return useView(ask);
}

export function titleWithKeys(command: Command): string {
  const [chord] = command.keys;
  return chord === undefined ? command.title : `${command.title} (${chordText(chord, platform())})`;
}

/** A menu entry that is a command. */
export function commandItem(id: string): MenuItem {
  const command = commandById(id);
  const [chord] = command.keys;
  return {
    id,
    label: command.title,
    unavailable: command.unavailable(),
    run: () => command.run(),
    ...(chord === undefined ? {} : { detail: chordText(chord, platform()) }),
    ...(command.icon === undefined ? {} : { icon: command.icon }),
  };
}
