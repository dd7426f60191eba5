// The one registry of commands, and how a key press finds its command.
import { known } from '../../lib/errors.ts';
import { clipboardCommands } from './clipboard.ts';
import type { Command } from './command.ts';
import { editCommands } from './edit.ts';
import { exportCommands } from './exportFormats.ts';
import { fileCommands } from './file.ts';
import { helpCommands } from './help.ts';
import { matches, type Platform, type Pressed } from './keys.ts';
import { planCommands } from './plans.ts';
import { projectCommands } from './project.ts';
import { resultCommands } from './results.ts';
import { runCommands } from './run.ts';
import { searchCommands } from './search.ts';
import { selectCommands } from './select.ts';
import { styleCommands } from './styles.ts';
import { viewCommands } from './view.ts';

export const commands: readonly Command[] = [
  ...editCommands,
  ...clipboardCommands,
  ...selectCommands,
  ...viewCommands,
  ...styleCommands,
  ...runCommands,
  ...resultCommands,
  ...searchCommands,
  ...planCommands,
  ...projectCommands,
  ...fileCommands,
  ...exportCommands,
  ...helpCommands,
];

export function commandById(id: string): Command {
  return known(
    commands.find((command) => command.id === id),
    `the command ${id}`,
  );
}

/** Runs a command if it can run now. */
export function runCommand(id: string): void {
  const command = commandById(id);
  if (command.unavailable() === null) command.run();
}

export function commandFor(event: Pressed, focus: 'canvas' | 'elsewhere', on: Platform): Command | undefined {
  return commands.find(
    (command) =>
      command.event === undefined &&
      (command.scope === undefined || focus === 'canvas') &&
      command.keys.some((chord) => matches(chord, event, on)),
  );
}
