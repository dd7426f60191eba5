// Canonical text of a plan: keys sorted at every level, so that equal plans give equal bytes.
import { canonicalJson } from '../lib/hash.ts';
import type { Plan } from './plan.ts';

export function canonical(plan: Plan): string {
  return canonicalJson(plan);
}
