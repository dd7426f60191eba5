// Reading and checking an operator's config values.
import { assert } from '../lib/errors.ts';
import type { OperatorConfig } from '../plan/plan.ts';
import type { ConfigField, Operator, SlotSite } from './operator.ts';

export function numberOf(config: OperatorConfig, name: string): number {
  const value = config[name];
  assert(typeof value === 'number', () => `config field ${name} is not a number`);
  return value;
}

export function textOf(config: OperatorConfig, name: string): string {
  const value = config[name];
  assert(typeof value === 'string', () => `config field ${name} is not a text`);
  return value;
}

/** A sentence on the first field whose value is out of its range, or undefined. */
export function fieldProblem(operator: Operator, config: OperatorConfig, site: SlotSite): string | undefined {
  for (const field of operator.fields) {
    const problem = valueProblem(operator.label, field, config[field.name], site);
    if (problem) return problem;
  }
  return undefined;
}

function valueProblem(
  label: string,
  field: ConfigField,
  value: number | string | undefined,
  site: SlotSite,
): string | undefined {
  const what = `${field.label} of ${label}`;
  if (field.kind === 'choice') {
    const values = field.choices.map((choice) => choice.value);
    if (values.some((choice) => choice === value)) return undefined;
    return `${what} is ${JSON.stringify(value)}; choose ${values.join(' or ')}.`;
  }
  const max = field.max(site);
  const steps = typeof value === 'number' ? (value - field.min) / field.step : Number.NaN;
  const onStep = Math.abs(steps - Math.round(steps)) < 1e-9;
  if (typeof value === 'number' && value >= field.min && value <= max && onStep) return undefined;
  return `${what} is ${JSON.stringify(value)}; choose ${field.min} to ${max} in steps of ${field.step}.`;
}
