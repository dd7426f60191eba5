import { describe, expect, it } from 'vitest';
import { always, type Command } from '../commands/command.ts';
import { commands } from '../commands/index.ts';
import { shortcutLines } from './shortcutLines.ts';

const command = (title: string, ...keys: string[]): Command => ({
  id: title,
  title,
  group: 'View',
  keys,
  unavailable: always,
  run: () => undefined,
});

describe('lines of the shortcuts sheet', () => {
  it('are the commands that have keys', () => {
    const lines = shortcutLines([
      command('Undo', 'Mod+Z'),
      command('Nothing'),
      command('Redo', 'Mod+Y', 'Mod+Shift+Z'),
    ]);
    expect(lines.map(({ title, chords }) => [title, chords])).toEqual([
      ['Undo', ['Mod+Z']],
      ['Redo', ['Mod+Y', 'Mod+Shift+Z']],
    ]);
  });

  it('put commands that differ in a number into one', () => {
    const views = [1, 2, 3].map((view) =>
      command(`Go to view ${view}, or keep this one as ${view}`, `Alt+${view}`),
    );
    expect(shortcutLines(views)).toEqual([
      { id: views[0]?.id, title: 'Go to view 1–3, or keep this one as 1–3', chords: ['Alt+1', 'Alt+3'] },
    ]);
  });

  it('leave out no key of the registry but those between two numbers', () => {
    const shown = new Set(shortcutLines(commands).flatMap(({ chords }) => chords));
    const missing = commands.flatMap(({ keys }) => keys).filter((key) => !shown.has(key));
    expect(missing.every((key) => /\d$/.test(key))).toBe(true);
  });
});
