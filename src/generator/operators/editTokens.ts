// An edit as the generator's net reads it, in place of a phrase: which operator, with which settings, for which images.
// Words would not do: a window of 4 and one of 8 differ by a number, which word vectors do not hold.
import { UserError } from '../../lib/errors.ts';
import { indexCode } from '../indexCode.ts';
import type { OperatorCondition } from './condition.ts';

/** Tokens of an edit, and features of one; no more classes than features can be told. */
export const editTokens = 3;
export const editWidth = 16;

/** Steps of the code between a number and its double: enough to tell neighbours apart, few enough to lie between them. */
const stepsAnOctave = 2;

/**
 * [3, 16]: the operator by its place among those that the model knows, its numbers on a scale of octaves, its classes.
 * @param operators ids, in the order of the model
 */
export function tokensOf(
  { operator, config, slice }: Omit<OperatorCondition, 'slot'>,
  operators: readonly string[],
): Float32Array {
  const place = operators.indexOf(operator);
  if (place < 0) throw new UserError(`The generator knows ${operators.join(', ')}, and not ${operator}.`);
  const tokens = new Float32Array(editTokens * editWidth);
  tokens[place] = 1;
  const numbers = Object.keys(config)
    .sort()
    .flatMap((name) => (typeof config[name] === 'number' ? [config[name]] : []));
  const [number = 0] = numbers;
  tokens.set(indexCode([stepsAnOctave * Math.log2(number + 1)], editWidth), editWidth);
  for (const label of slice.classes) tokens[2 * editWidth + (label % editWidth)] = 1;
  return tokens;
}
