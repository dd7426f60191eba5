// The command that opens Styles.
import { openDialog } from '../../store/viewStore.ts';
import { always, type Command } from './command.ts';

export const styleCommands: readonly Command[] = [
  {
    id: 'view.styles',
    title: 'Open Styles',
    group: 'View',
    keys: ['Shift+S'],
    keywords: 'weight generator emoji concept style picture lora translator',
    icon: 'styles',
    unavailable: always,
    run: () => openDialog({ kind: 'styles' }),
  },
];
