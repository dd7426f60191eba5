// The plan of a file, read at the border and held against the model that is open.
import { FileError, UserError } from '../../lib/errors.ts';
import { type DitShape, siteOf } from '../../models/shape.ts';
import type { Plan } from '../../plan/plan.ts';
import { parsePlanText, planProblem } from '../../plan/validate.ts';

/** The base model on screen. */
export interface OpenModel {
  readonly id: string;
  readonly shape: DitShape;
}

export function readPlan(text: string, file: string): Plan {
  try {
    return parsePlanText(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new FileError(`${file}: ${error.message}`, { cause: error });
  }
}

/** @throws FileError when the plan cannot stand on this model */
export function checkOpenModel(plan: Plan, { id, shape }: OpenModel, file: string): void {
  const problem = planProblem(plan, { id, depth: shape.depth, site: (slot) => siteOf(shape, slot) });
  if (problem) throw new FileError(`${file}: ${problem}`);
}
