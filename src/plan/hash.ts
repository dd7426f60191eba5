// The name of a plan: equal plans, equal names; results are stored under it.
import { sha256Hex } from '../lib/hash.ts';
import { canonical } from './canonical.ts';
import type { Plan } from './plan.ts';

/** First 16 hex digits of SHA-256 over the plan's canonical JSON. */
export function planHash(plan: Plan): string {
  return sha256Hex(canonical(plan)).slice(0, 16);
}
