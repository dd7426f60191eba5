// The lines of the shortcuts sheet: a command each; a row of commands that differ in a number alone is one.
import type { Command } from '../commands/command.ts';

export interface ShortcutLine {
  readonly id: string;
  readonly title: string;
  readonly chords: readonly string[];
}

export function shortcutLines(commands: readonly Command[]): ShortcutLine[] {
  const rows = new Map<string, Command[]>();
  for (const command of commands.filter(({ keys }) => keys.length > 0)) {
    const pattern = command.title.replace(/\d+/g, '#');
    rows.set(pattern, [...(rows.get(pattern) ?? []), command]);
  }
  return [...rows].flatMap(([pattern, row]) => {
    const [first] = row;
    const last = row[row.length - 1];
    if (!first || !last) return [];
    if (first === last) return [{ id: first.id, title: first.title, chords: first.keys }];
    const number = (title: string) => /\d+/.exec(title)?.[0] ?? '';
    const title = pattern.replaceAll('#', `${number(first.title)}–${number(last.title)}`);
    return [{ id: first.id, title, chords: [...first.keys.slice(0, 1), ...last.keys.slice(0, 1)] }];
  });
}
