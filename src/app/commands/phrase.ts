// Sentences of the command palette that edit the plan: `mlp 2x on 8-11`, `sliding window 7 on every second attention`,
// `restore 3-5`, `window 4 on odd`, `ridge start on all`, `stage 1 steps 800`. Grammar only; phraseEdit.ts makes edits.
import type { Operator } from '../../operators/operator.ts';
import type { Initialisation, OperatorConfig, Plan, SlotId } from '../../plan/plan.ts';
import { fieldNamed, parseOperator, parseValue } from './operatorWords.ts';
import { type PlaceContext, parsePlace } from './slotWords.ts';

export type RecipeName = 'stage1' | 'stage2';

export type Phrase =
  | {
      readonly kind: 'replace';
      readonly operator: Operator;
      readonly variant: OperatorConfig | null;
      readonly slots: readonly SlotId[];
    }
  | { readonly kind: 'restore'; readonly slots: readonly SlotId[] }
  | {
      readonly kind: 'config';
      readonly field: string;
      readonly value: number | string;
      /** Grafted slots whose operator has the field. */
      readonly slots: readonly SlotId[];
    }
  | { readonly kind: 'start'; readonly initialisation: Initialisation; readonly slots: readonly SlotId[] }
  | {
      readonly kind: 'recipe';
      readonly recipe: RecipeName;
      readonly name: string;
      readonly value: number | string;
    }
  | { readonly kind: 'seed'; readonly value: number };

export interface PhraseContext extends PlaceContext {
  readonly operators: readonly Operator[];
  readonly plan: Plan;
}

/** Everything that the text may mean, the likeliest first; empty when it is no phrase. */
export function parsePhrase(text: string, context: PhraseContext): Phrase[] {
  const words = text.trim().replace(/\s+/g, ' ');
  if (words === '') return [];
  for (const read of [readRestore, readRecipe, readStart, readConfig, readReplace]) {
    const phrases = read(words, context);
    if (phrases.length > 0) return phrases;
  }
  return [];
}

/** `restore 3-5`, `reset odd attention`, `teacher on 3`. */
function readRestore(words: string, context: PhraseContext): Phrase[] {
  const match =
    /^(?:restore|reset|revert|remove|ungraft|clear|teacher)(?: the)?(?: teacher| grafts?)?(?: (?:on|at|in|from|of))? (.+)$/i.exec(
      words,
    );
  const place = match && parsePlace(match[1] ?? '', context, null);
  return place ? [{ kind: 'restore', slots: place.slots.filter((slot) => context.plan.slots[slot]) }] : [];
}

const recipeWords: Readonly<Record<string, string>> = {
  steps: 'steps',
  batch: 'batch',
  'batch size': 'batch',
  'learning rate': 'learningRate',
  lr: 'learningRate',
  loss: 'loss',
  'weight decay': 'weightDecay',
  clip: 'clipNorm',
  warmup: 'warmupSteps',
  'warm-up': 'warmupSteps',
  'warmup steps': 'warmupSteps',
  'moving average': 'emaDecay',
  ema: 'emaDecay',
  'label dropout': 'labelDropout',
  scope: 'scope',
  'lora rank': 'loraRank',
};

/** `stage 1 steps 800`, `learning rate 1e-4`, `seed 7`. Without a stage, each stage that has the setting. */
function readRecipe(words: string, { plan }: PhraseContext): Phrase[] {
  const seed = /^seed (\d+)$/i.exec(words);
  if (seed) return [{ kind: 'seed', value: Number(seed[1]) }];
  const match = /^(?:(?:stage ?)?([12]) )?([a-z][a-z -]*?) (?:to )?([\d.]+(?:e-?\d+)?|[a-z]\w*)$/i.exec(
    words,
  );
  const name = recipeWords[match?.[2]?.toLowerCase() ?? ''];
  if (!match || name === undefined) return [];
  const [, stage, , given = ''] = match;
  const recipes: readonly RecipeName[] = ['stage1', 'stage2'];
  return recipes
    .filter((recipe) => (stage === undefined || recipe === `stage${stage}`) && name in plan[recipe])
    .map((recipe) => ({ kind: 'recipe', recipe, name, value: readValue(given) }));
}

function readValue(text: string): number | string {
  return Number.isFinite(Number(text)) ? Number(text) : text.toLowerCase();
}

/** `ridge start on 3-5`, `start random on all attention`. */
function readStart(words: string, context: PhraseContext): Phrase[] {
  const match =
    /^(?:start |init(?:ialisation)? )?(auto|random|inherit|ridge|generated)(?: start| init(?:ialisation)?)? (?:on|at|in|for) (.+)$/i.exec(
      words,
    );
  const place = match && parsePlace(match[2] ?? '', context, null);
  const choices: readonly Initialisation[] = ['auto', 'random', 'inherit', 'ridge', 'generated'];
  const initialisation = choices.find((choice) => choice === match?.[1]?.toLowerCase());
  if (!place || !initialisation) return [];
  const slots = place.slots.filter((slot) => context.plan.slots[slot]);
  return [{ kind: 'start', initialisation, slots }];
}

/** `window 4 on odd`: a setting of the operators that stand there. */
function readConfig(words: string, context: PhraseContext): Phrase[] {
  const match = /^(?:set )?([a-z]+)(?: to|=)? ?([\w.×]+) (?:on|at|in|for) (.+)$/i.exec(words);
  if (!match) return [];
  const [, name = '', given = '', where = ''] = match;
  const place = parsePlace(where, context, null);
  const holding = (place?.slots ?? []).flatMap((slot) => {
    const held = context.plan.slots[slot];
    const operator = context.operators.find((candidate) => candidate.id === held?.operator);
    const field = operator && fieldNamed(name.toLowerCase(), operator.fields);
    const value = field && parseValue(given.toLowerCase(), field);
    return field && value !== undefined ? [{ slot, field: field.name, value }] : [];
  });
  const [first] = holding;
  if (!first) return [];
  return [{ kind: 'config', field: first.field, value: first.value, slots: holding.map(({ slot }) => slot) }];
}

/** `<operator> on <place>`, `replace <place> with <operator>`, or both words in a row where no number is ambiguous. */
function readReplace(words: string, context: PhraseContext): Phrase[] {
  const swapped =
    /^(?:replace|swap|change) (.+) (?:with|by) (.+)$/i.exec(words) ??
    /^(?:change|make|turn) (.+) (?:into|to) (.+)$/i.exec(words);
  if (swapped) return replacements(swapped[2] ?? '', swapped[1] ?? '', context);
  const plain = words.replace(/^(?:put|use|place|graft|set|try) (?:an? )?/i, '');
  const placed = /^(.+?) (?:on|onto|at|in|into|for) (.+)$/i.exec(plain);
  if (placed) return replacements(placed[1] ?? '', placed[2] ?? '', context);
  const list = plain.split(' ');
  for (let cut = list.length - 1; cut > 0; cut--) {
    const where = list.slice(cut).join(' ');
    // `swa 7` is a window of 7, not block 7.
    if (/^\d+$/.test(where)) continue;
    const phrases = replacements(list.slice(0, cut).join(' '), where, context);
    if (phrases.length > 0) return phrases;
  }
  return [];
}

function replacements(what: string, where: string, context: PhraseContext): Phrase[] {
  return parseOperator(what, context.operators).flatMap(({ operator, variant }): Phrase[] => {
    const part = operator.kind === 'sequence' ? 'attn' : 'mlp';
    const place = parsePlace(where, context, part);
    return place ? [{ kind: 'replace', operator, variant, slots: place.slots }] : [];
  });
}
