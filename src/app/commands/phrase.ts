// Sentences of the command palette that replace operators: `mlp 3x on 8-11`, `hyena-x on odd`, `swa 4 on 3`.
import type { Operator } from '../../operators/operator.ts';
import type { OperatorConfig, SlotId } from '../../plan/plan.ts';
import { slotId } from '../../plan/slots.ts';

export interface ReplacePhrase {
  readonly operator: Operator;
  readonly variant: OperatorConfig | null;
  readonly slots: readonly SlotId[];
}

export function parseReplacePhrase(
  text: string,
  operators: readonly Operator[],
  depth: number,
): ReplacePhrase | undefined {
  const match = /^(.+?)\s+on\s+(.+)$/i.exec(text.trim());
  if (!match) return undefined;
  const [, what = '', where = ''] = match;
  const blocks = parseBlocks(where, depth);
  const found = findOperator(what, operators);
  if (!found || blocks.length === 0) return undefined;
  const part = found.operator.kind === 'sequence' ? 'attn' : 'mlp';
  return { ...found, slots: blocks.map((block) => slotId(block, part)) };
}

/** `3`, `1,4,6`, `8-11`, `all`, `odd`, `even`; blocks that the model does not have are left out. */
export function parseBlocks(text: string, depth: number): number[] {
  const every = Array.from({ length: depth }, (_, block) => block);
  const words = text
    .toLowerCase()
    .replace(/blocks?/g, ' ')
    .trim();
  if (words === 'all') return every;
  if (words === 'odd') return every.filter((block) => block % 2 === 1);
  if (words === 'even') return every.filter((block) => block % 2 === 0);
  const parts = words.split(/[\s,]+/).filter(Boolean);
  const ranges = parts.map((part) => /^(\d+)(?:[-–](\d+))?$/.exec(part));
  if (ranges.some((range) => range === null)) return [];
  return every.filter((block) =>
    ranges.some((range) => range && block >= Number(range[1]) && block <= Number(range[2] ?? range[1])),
  );
}

function findOperator(
  text: string,
  operators: readonly Operator[],
): Omit<ReplacePhrase, 'slots'> | undefined {
  const words = text.toLowerCase().trim();
  const whole = bestMatch(words, operators);
  if (whole) return { operator: whole, variant: null };
  const numbered = /^(.+?)\s+(?:[a-z]+\s+)?(\d+(?:\.\d+)?)x?$/.exec(words);
  const operator = numbered?.[1] === undefined ? undefined : bestMatch(numbered[1], operators);
  const field = operator?.fields.find((candidate) => candidate.kind === 'number');
  return operator && field ? { operator, variant: { [field.name]: Number(numbered?.[2]) } } : undefined;
}

function bestMatch(words: string, operators: readonly Operator[]): Operator | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[-_\s]+/g, '');
  const wanted = plain(words);
  const exact = operators.find(
    (operator) => plain(operator.id) === wanted || plain(operator.label) === wanted,
  );
  const starting = operators.filter((operator) => plain(operator.label).startsWith(wanted));
  return exact ?? (starting.length === 1 ? starting[0] : undefined);
}
