// What a command is: one record that menus, shortcuts, the command palette, the shortcuts sheet and tests all read.
import type { IconName } from '../icons/shapes.ts';

export type CommandGroup = 'Edit' | 'Select' | 'View' | 'Run' | 'Plans' | 'File' | 'Help';

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** Chords such as `Mod+Shift+Z`, `R`, `?`, `ArrowDown`; Mod is Cmd on a Mac and Ctrl elsewhere. */
  readonly keys: readonly string[];
  /** Further words that find it. */
  readonly keywords?: string;
  readonly icon?: IconName;
  /** `canvas`: its keys work while the canvas or nothing has the focus, so that lists keep theirs. */
  readonly scope?: 'canvas';
  /** Its keys are the browser's own for this event, which then runs it; a key press alone does not. */
  readonly event?: 'copy' | 'cut' | 'paste';
  /** Why it cannot run now, in a few words; null when it can. */
  unavailable(): string | null;
  run(): void;
}

export const always = (): null => null;
