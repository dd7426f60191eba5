// Command-line options: `--name value` pairs against a table of defaults, with one sentence for what does not fit.
import { parseArgs } from 'node:util';
import { sentence, UserError } from '../lib/errors.ts';

/** Values take the type of their default; a boolean default makes a switch. */
export type Defaults = Readonly<Record<string, string | number | boolean>>;

export function parseOptions<D extends Defaults>(
  command: string,
  defaults: D,
  argv = process.argv.slice(2),
): {
  readonly options: {
    [K in keyof D]: D[K] extends number ? number : D[K] extends boolean ? boolean : string;
  };
  readonly positionals: readonly string[];
} {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    const known = Object.keys(defaults).map((name) => `--${name}`);
    throw new UserError(`${command}: ${sentence(error)} It takes ${known.join(', ')}.`);
  }
  const values: Record<string, string | number | boolean> = { ...defaults };
  for (const [name, value] of Object.entries(parsed.values)) {
    if (value === undefined) continue;
    const number = Number(value);
    if (typeof defaults[name] === 'number' && !Number.isFinite(number)) {
      throw new UserError(`${command}: --${name} takes a number, got "${value}".`);
    }
    values[name] = typeof defaults[name] === 'number' ? number : (value as string | boolean);
  }
  // Every value was given the type of its default above.
  return { options: values as never, positionals: parsed.positionals };
}

/** Runs a command; what it throws for people becomes one line and exit code 1. */
export async function runCommand(main: () => Promise<void>): Promise<never> {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    const expected = error instanceof UserError;
    console.error(expected ? sentence(error) : error);
    process.exit(1);
  }
}
