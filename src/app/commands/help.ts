// Commands that find other commands.
import { openDialog } from '../../store/viewStore.ts';
import { always, type Command } from './command.ts';

export const helpCommands: readonly Command[] = [
  {
    id: 'help.commands',
    title: 'Search or run a command',
    group: 'Help',
    keys: ['Mod+K'],
    icon: 'search',
    unavailable: always,
    run: () => openDialog({ kind: 'palette', query: '' }),
  },
  {
    id: 'help.find',
    title: 'Find a slot',
    group: 'Help',
    keys: ['Mod+F'],
    icon: 'search',
    unavailable: always,
    run: () => openDialog({ kind: 'palette', query: '@' }),
  },
  {
    id: 'help.shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    keys: ['?'],
    icon: 'keyboard',
    unavailable: always,
    run: () => openDialog({ kind: 'shortcuts' }),
  },
];
