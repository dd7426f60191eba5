// Where stage-1 runs for the generator lie, which of them belong together, and what they hold.
import { join } from 'node:path';
import type { CollectRecipe, FittedOperator } from '../generator/operators/collect.ts';
import { decodeOperators } from '../generator/operators/record.ts';
import { UserError } from '../lib/errors.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { fileStore } from './fileStore.ts';
import { generatorCache } from './generatorParts.ts';

export const operatorRecords = join(generatorCache, 'operators');

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
