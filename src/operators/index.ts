// All operators. Adding one is a folder, and a line here.
import { UserError } from '../lib/errors.ts';
import { hyenaSE, hyenaX, hyenaY } from './hyena/hyena.ts';
import { mamba2 } from './mamba2/mamba2.ts';
import { mha } from './mha/mha.ts';
import { mlp } from './mlp/mlp.ts';
import { mlpHyenaX } from './mlpHyenaX/mlpHyenaX.ts';
import type { Operator } from './operator.ts';
import { swa } from './swa/swa.ts';

export type { Operator, SlotSite } from './operator.ts';

/** In the order of the palette. */
export const operators: readonly Operator[] = [swa, hyenaSE, hyenaX, hyenaY, mamba2, mha, mlp, mlpHyenaX];

const byId = new Map(operators.map((operator) => [operator.id, operator]));

export function operatorById(id: string): Operator {
  const operator = byId.get(id);
  if (operator) return operator;
  throw new UserError(`There is no operator "${id}"; Scion knows ${[...byId.keys()].join(', ')}.`);
}
