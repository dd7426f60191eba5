// Where stage-1 runs for the generator lie, which of them belong together, and what they hold.
import { join } from 'node:path';
import type { CollectRecipe, FittedOperator } from '../generator/operators/collect.ts';
import { decodeOperators } from '../generator/operators/record.ts';
import { UserError } from '../lib/errors.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { defaultStage1 } from '../plan/plan.ts';
import { fileStore } from './fileStore.ts';
import { generatorCache } from './generatorParts.ts';

export const operatorRecords = join(generatorCache, 'operators');

/** How runs are fitted where a call says nothing else. */
export const collectDefaults = { steps: 60, batch: 16, checkpoints: 3, every: 5 };

/** The commands that fit, train and race must name equal recipes to find each other's records. */
export function collectRecipe({ steps, batch, checkpoints, every }: typeof collectDefaults): CollectRecipe {
  return { stage1: { ...defaultStage1, steps, batch }, start: 'ridge', checkpoints, every };
}

/** Hash of everything that makes records comparable. */
export function operatorRecipe(base: string, { stage1, start, checkpoints, every }: CollectRecipe): string {
  return sha256Hex(canonicalJson({ base, stage1: { ...stage1 }, start, checkpoints, every }));
}

/** Every operator that was fitted by this recipe. */
export async function fittedOperators(recipe: string): Promise<FittedOperator[]> {
  const store = await fileStore(operatorRecords);
  const found: FittedOperator[] = [];
  for (const { name } of await store.list()) {
    const bytes = await store.read(name);
    found.push(...((bytes && (await decodeOperators(bytes, name, recipe))) ?? []));
  }
  if (found.length > 0) return found;
  throw new UserError('No operator was fitted with these settings; run npm run generator:operators first.');
}
