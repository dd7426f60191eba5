// Commands that find other commands.

import { bundledBase, currentPlan } from '../../store/documentStore.ts';
import { setSettings } from '../../store/settingsStore.ts';
import { showTour } from '../../store/tour.ts';
import { isTraining } from '../../store/trainerSession.ts';
import { openDialog, showLeft } from '../../store/viewStore.ts';
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
  {
    id: 'help.tour',
    title: 'Show the tour again',
    group: 'Help',
    keys: [],
    keywords: 'coach marks introduction help start',
    unavailable: always,
    run: () => {
      setSettings({ leftOpen: true, dockOpen: true });
      showLeft('operators');
      showTour();
    },
  },
  {
    id: 'help.demo',
    title: 'Open the finished demo graft',
    group: 'Help',
    keys: [],
    keywords: 'example sample sliding window',
    unavailable: () => {
      if (isTraining()) return 'a run is going on';
      return currentPlan().base === bundledBase
        ? null
        : 'it is a graft of the bundled model, which is not open';
    },
    run: () => void openDemo(),
  },
];

/** Loaded when it is first wanted. */
async function openDemo(): Promise<void> {
  const { openDemo: open } = await import('../../store/demo/showDemo.ts');
  await open();
}
