// Words for places in the model: `8-11`, `every second attention`, `last half mlp`, `all but 0 and 11`, `selected`.
import type { SlotId } from '../../plan/plan.ts';
import { compareSlots, type SlotPart, slotId } from '../../plan/slots.ts';

export interface Place {
  readonly slots: readonly SlotId[];
  /** Whether the words name attention or MLP; null when they say neither. */
  readonly part: SlotPart | null;
}

export interface PlaceContext {
  readonly depth: number;
  readonly selection: readonly SlotId[];
}

const attention = /\b(?:attentions?|attn|sequence mixers?|sequence)\b/g;
const channel = /\b(?:mlps?|ffn|channel mixers?|channel)\b/g;
const fillers = /\b(?:the|of|in|blocks?|layers?|slots?|number)\b/g;

/** The slots that the words name; undefined when they name no place. `part` is taken where the words leave it open. */
export function parsePlace(text: string, context: PlaceContext, usual: SlotPart | null): Place | undefined {
  const words = text.toLowerCase().trim();
  const part = partOf(words);
  const rest = words
    .replace(attention, ' ')
    .replace(channel, ' ')
    .replace(fillers, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (/^(?:selected|selection|here|these|this)$/.test(rest)) {
    const wanted = part ?? usual;
    return {
      part,
      slots: context.selection.filter((slot) => wanted === null || slot.endsWith(`.${wanted}`)),
    };
  }
  // `attention` alone means all of it.
  const blocks = rest === '' && part !== null ? everyBlock(context.depth) : parseBlocks(rest, context.depth);
  if (!blocks) return undefined;
  const parts: readonly SlotPart[] = (part ?? usual) ? [part ?? usual ?? 'attn'] : ['attn', 'mlp'];
  const slots = blocks.flatMap((block) => parts.map((one) => slotId(block, one)));
  return { part, slots: slots.sort(compareSlots) };
}

function partOf(words: string): SlotPart | null {
  const isAttention = words.search(attention) >= 0;
  const isChannel = words.search(channel) >= 0;
  if (isAttention === isChannel) return null;
  return isAttention ? 'attn' : 'mlp';
}

function everyBlock(depth: number): number[] {
  return Array.from({ length: depth }, (_, block) => block);
}

/** The blocks that the words name, of those that the model has; undefined when they name none at all. */
export function parseBlocks(text: string, depth: number): number[] | undefined {
  const [positive = '', ...negative] = text
    .toLowerCase()
    .replace(fillers, ' ')
    .split(/\b(?:but|except|without|not)\b/);
  const wanted = parseUnion(positive.trim() === '' ? 'all' : positive, depth);
  const unwanted = negative.map((words) => parseUnion(words, depth));
  if (text.trim() === '' || !wanted || unwanted.includes(undefined)) return undefined;
  return wanted.filter((block) => !unwanted.some((blocks) => blocks?.includes(block)));
}

function parseUnion(text: string, depth: number): number[] | undefined {
  // `2 to 5` is a range like `2-5`, and a comma or `and` a union.
  const joined = text
    .replace(/(\d+)\s*(?:-|–|to|\.\.+|until)\s*(\d+)/g, '$1-$2')
    .replace(
      /\b(first|last|every|after|from|before|up to|second)\s+/g,
      (words) => `${words.trim().replace(' ', '_')}_`,
    );
  const words = joined.split(/[\s,;&]+|\band\b/).filter(Boolean);
  const sets = words.map((word) => parseSet(word, depth));
  if (sets.length === 0 || sets.includes(undefined)) return undefined;
  return everyBlock(depth).filter((block) => sets.some((test) => test?.(block)));
}

type Test = (block: number) => boolean;

const ordinals: Readonly<Record<string, number>> = { second: 2, other: 2, third: 3, fourth: 4, fifth: 5 };

function parseSet(word: string, depth: number): Test | undefined {
  const range = /^(\d+)(?:-(\d+))?$/.exec(word);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
    return (block) => block >= Math.min(from, to) && block <= Math.max(from, to);
  }
  if (/^(?:all|every|each|everything|everywhere)$/.test(word)) return () => true;
  if (word === 'odd') return (block) => block % 2 === 1;
  if (word === 'even') return (block) => block % 2 === 0;
  const every = /^every_(?:(\d+)(?:nd|rd|th)?|(\w+))$/.exec(word.replace(/_$/, ''));
  if (every) {
    const step = every[1] === undefined ? ordinals[every[2] ?? ''] : Number(every[1]);
    // The last of each group, as the paper counts: every second block is 1, 3, 5, …
    return step === undefined || step < 1 ? undefined : (block) => block % step === step - 1;
  }
  return parseEnd(word, depth);
}

/** `first half`, `last 3`, `after 4`, `from 4`, `before 3`, `up to 3`. */
function parseEnd(word: string, depth: number): Test | undefined {
  if (word === 'first_half') return (block) => block < depth / 2;
  if (word === 'last_half' || word === 'second_half') return (block) => block >= depth / 2;
  const end = /^(first|last|after|from|before|up_to)_(\d+)$/.exec(word);
  if (!end) return undefined;
  const count = Number(end[2]);
  const tests: Readonly<Record<string, Test>> = {
    first: (block) => block < count,
    last: (block) => block >= depth - count,
    after: (block) => block > count,
    from: (block) => block >= count,
    before: (block) => block < count,
    up_to: (block) => block <= count,
  };
  return tests[end[1] ?? ''];
}
