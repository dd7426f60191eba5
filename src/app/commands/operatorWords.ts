// Words for operators and their settings: `mlp 2x`, `sliding window 7`, `swa 4 grid`, `hyena-x taps 8`.
import type { ConfigField, Operator } from '../../operators/operator.ts';
import type { OperatorConfig } from '../../plan/plan.ts';

export interface NamedOperator {
  readonly operator: Operator;
  /** Settings that the words give; null for the operator's own. */
  readonly variant: OperatorConfig | null;
}

/** Every operator that the words may mean, the likeliest first: `hyena` alone means several. */
export function parseOperator(text: string, operators: readonly Operator[]): NamedOperator[] {
  const words = text.toLowerCase().replace(/=/g, ' ').trim().split(/\s+/).filter(Boolean);
  // The longest name wins: the `x` of `hyena x` is no setting.
  for (let length = words.length; length > 0; length--) {
    const name = words.slice(0, length).join(' ');
    const found = byName(name, operators).flatMap((operator) => {
      const variant = parseSettings(words.slice(length), operator.fields);
      return variant ? [{ operator, variant: Object.keys(variant).length === 0 ? null : variant }] : [];
    });
    if (found.length > 0) return found;
  }
  return [];
}

function byName(name: string, operators: readonly Operator[]): Operator[] {
  const plain = (words: string) => words.toLowerCase().replace(/[-_\s]+/g, '');
  const wanted = plain(name);
  if (wanted.length < 2) return [];
  const exact = operators.filter(({ id, label }) => plain(id) === wanted || plain(label) === wanted);
  if (exact.length > 0) return exact;
  return operators.filter(({ id, label }) => plain(label).startsWith(wanted) || plain(id).startsWith(wanted));
}

/** `7`, `2x`, `window 7`, `grid`: values for fields, named or in order; undefined when a word is none. */
function parseSettings(words: readonly string[], fields: readonly ConfigField[]): OperatorConfig | undefined {
  const config: Record<string, number | string> = {};
  for (let at = 0; at < words.length; at++) {
    const named = fieldNamed(words[at] ?? '', fields);
    if (named) at += 1;
    const value = words[at] ?? '';
    const field =
      named ?? fields.find((one) => !(one.name in config) && parseValue(value, one) !== undefined);
    const parsed = field && parseValue(value, field);
    if (!field || parsed === undefined) return undefined;
    config[field.name] = parsed;
  }
  return config;
}

export function fieldNamed(word: string, fields: readonly ConfigField[]): ConfigField | undefined {
  return fields.find((field) => field.name.toLowerCase() === word || field.label.toLowerCase() === word);
}

/** The value of a field that a word gives: a number, with or without ×, or one of its choices. */
export function parseValue(word: string, field: ConfigField): number | string | undefined {
  if (field.kind === 'number') {
    const number = /^(\d+(?:\.\d+)?)[x×]?$/.exec(word);
    return number ? Number(number[1]) : undefined;
  }
  return field.choices.find(({ value, label }) => value === word || label.toLowerCase().includes(word))
    ?.value;
}
