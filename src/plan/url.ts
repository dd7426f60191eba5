// A plan in a link: compact JSON, base64url, in the hash part of the address.
import { UserError } from '../lib/errors.ts';
import { slotEntries } from './edits.ts';
import { defaultStage1, defaultStage2, type Plan, type SlotPlan } from './plan.ts';
import { isRecord } from './reading.ts';
import { parsePlan } from './validate.ts';

/** Links above this are cut by chat programs and proxies. */
export const longestFragment = 8192;

/** `plan=…` for the hash of an address. Settings at their defaults are left out. */
export function planToFragment(plan: Plan): string {
  const slots = Object.fromEntries(
    slotEntries(plan).map(([slot, held]) => [shortSlot(slot), packSlot(held)]),
  );
  const packed = {
    v: plan.version,
    b: plan.base,
    s: slots,
    ...nonEmpty('a', changed(plan.stage1, defaultStage1)),
    ...nonEmpty('c', changed(plan.stage2, defaultStage2)),
    ...(plan.seed === 0 ? {} : { r: plan.seed }),
  };
  return `plan=${toBase64Url(JSON.stringify(packed))}`;
}

/** The plan of an address's hash, or undefined when it carries none. */
export function planFromFragment(fragment: string): Plan | undefined {
  const encoded = new URLSearchParams(fragment.replace(/^#/, '')).get('plan');
  if (encoded === null) return undefined;
  if (encoded.length > longestFragment) {
    throw new UserError('The plan in this link is too long to be one; ask for the plan as a file instead.');
  }
  let packed: unknown;
  try {
    packed = JSON.parse(fromBase64Url(encoded));
  } catch (cause) {
    throw new UserError('The plan in this link is damaged, perhaps cut off; ask for the link again.', {
      cause,
    });
  }
  return unpack(packed);
}

function unpack(packed: unknown): Plan {
  if (!isRecord(packed) || !isRecord(packed.s)) {
    throw new UserError('The plan in this link is damaged, perhaps cut off; ask for the link again.');
  }
  return parsePlan({
    format: 'scion-plan',
    version: packed.v,
    base: packed.b,
    slots: Object.fromEntries(
      Object.entries(packed.s).map(([name, held]) => [longSlot(name), unpackSlot(held)]),
    ),
    stage1: packed.a ?? {},
    stage2: packed.c ?? {},
    seed: packed.r ?? 0,
  });
}

/** `blocks.3.attn` is written `3a`, `blocks.3.mlp` `3m`. */
function shortSlot(slot: string): string {
  return slot.replace(/^blocks\.(\d+)\.(a|m)\w+$/, '$1$2');
}

function longSlot(name: string): string {
  const match = /^(\d+)(a|m)$/.exec(name);
  return match ? `blocks.${match[1]}.${match[2] === 'a' ? 'attn' : 'mlp'}` : name;
}

function packSlot(held: SlotPlan): unknown[] {
  const packed: unknown[] = [held.operator, held.config];
  if (held.initialisation !== 'auto') packed.push(held.initialisation);
  return packed;
}

function unpackSlot(packed: unknown): unknown {
  if (!Array.isArray(packed)) return packed;
  const [operator, config, initialisation = 'auto'] = packed;
  return { operator, config, initialisation };
}

function changed<T extends object>(recipe: T, defaults: T): Partial<T> {
  const result: Partial<T> = {};
  for (const name in recipe) if (recipe[name] !== defaults[name]) result[name] = recipe[name];
  return result;
}

function nonEmpty(name: string, value: object): object {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

function toBase64Url(json: string): string {
  const bytes = new TextEncoder().encode(json);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(encoded: string): string {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
