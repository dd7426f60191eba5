// Where stage-1 runs for the generator lie, and which of them belong together.
import { join } from 'node:path';
import type { CollectRecipe } from '../generator/operators/collect.ts';
import { canonicalJson, sha256Hex } from '../lib/hash.ts';
import { generatorCache } from './generatorParts.ts';

export const operatorRecords = join(generatorCache, 'operators');

/** Hash of everything that makes records comparable. */
export function operatorRecipe(base: string, { stage1, checkpoints, every }: CollectRecipe): string {
  return sha256Hex(canonicalJson({ base, stage1: { ...stage1 }, checkpoints, every }));
}
