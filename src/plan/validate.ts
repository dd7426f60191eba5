// The border of the document: a value from a file, a link or storage becomes a plan, or one sentence.
import { UserError } from '../lib/errors.ts';
import { operators } from '../operators/index.ts';
import type { ConfigField, Operator, SlotSite } from '../operators/operator.ts';
import { slotEntries } from './edits.ts';
import {
  defaultStage1,
  defaultStage2,
  type OperatorConfig,
  type Plan,
  type SlotId,
  type SlotPlan,
  type Stage1Recipe,
  type Stage2Recipe,
} from './plan.ts';
import {
  type Fields,
  flag,
  integer,
  isRecord,
  number,
  oneOf,
  readFields,
  readObject,
  show,
  text,
} from './reading.ts';
import { compareSlots, isSlotId, mixes, slotBlock, slotKind, slotLabel } from './slots.ts';

/** The version that this program writes and reads. */
export const planVersion = 1;

/** Slots beyond this are hostile, not large: DiT-XL has 56. */
const mostSlots = 512;

const stage1Fields: Fields<Stage1Recipe> = {
  steps: integer(1, 1_000_000),
  batch: integer(1, 4096),
  learningRate: number(1e-9, 1),
  loss: oneOf('l1', 'l2', 'huber'),
  huberDelta: number(1e-6, 1e6),
  weightDecay: number(0, 1),
  clipNorm: number(1e-6, 1e6),
  stopWhenFlat: flag,
};

const stage2Fields: Fields<Stage2Recipe> = {
  steps: integer(0, 10_000_000),
  batch: integer(1, 4096),
  learningRate: number(1e-9, 1),
  warmupSteps: integer(0, 1_000_000),
  weightDecay: number(0, 1),
  clipNorm: number(1e-6, 1e6),
  emaDecay: number(0, 0.999999),
  labelDropout: number(0, 1),
  scope: oneOf('all', 'grafted', 'lora'),
  loraRank: integer(1, 1024),
};

const readInitialisation = oneOf('auto', 'random', 'inherit', 'ridge', 'generated');

/** The plan that a value of unknown origin describes. Recipe settings that it leaves out keep their defaults. */
export function parsePlan(value: unknown): Plan {
  if (!isRecord(value) || value.format !== 'scion-plan') {
    throw new UserError('This is not a plan: the mark "format": "scion-plan" is missing.');
  }
  checkVersion(value.version);
  const plan = readObject(value, 'The plan', [
    'format',
    'version',
    'base',
    'slots',
    'stage1',
    'stage2',
    'seed',
  ]);
  return {
    format: 'scion-plan',
    version: planVersion,
    base: text(200)(plan.base, 'The base model'),
    slots: readSlots(plan.slots ?? {}),
    stage1: readFields(plan.stage1 ?? {}, 'stage1', stage1Fields, defaultStage1),
    stage2: readFields(plan.stage2 ?? {}, 'stage2', stage2Fields, defaultStage2),
    seed: integer(0, 2 ** 31 - 1)(plan.seed ?? 0, 'The seed'),
  };
}

/** Reads a plan from JSON text: a plan's own file, or a project's, of which it is the present plan. */
export function parsePlanText(json: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new UserError('This file is not a plan: it is not valid JSON.', { cause });
  }
  return parsePlan(isRecord(value) && value.format === 'scion-project' ? value.plan : value);
}

function checkVersion(version: unknown): void {
  if (version === planVersion) return;
  if (typeof version === 'number' && Number.isInteger(version) && version > planVersion) {
    throw new UserError(
      `This plan was made by a newer Scion (version ${version}, this one reads ${planVersion}); open it there or update this page.`,
    );
  }
  throw new UserError(`The plan's version should be ${planVersion}, got ${show(version)}.`);
}

function readSlots(value: unknown): Plan['slots'] {
  if (!isRecord(value)) throw new UserError(`The plan's slots should be an object, got ${show(value)}.`);
  const names = Object.keys(value);
  if (names.length > mostSlots) {
    throw new UserError(`The plan changes ${names.length} slots; no model has more than ${mostSlots}.`);
  }
  const read = names.map((name): [SlotId, SlotPlan] => {
    if (!isSlotId(name)) {
      throw new UserError(
        `The plan names a slot ${show(name)}; slots are called like blocks.3.attn or blocks.3.mlp.`,
      );
    }
    return [name, readSlot(name, value[name])];
  });
  return Object.fromEntries(read.sort(([a], [b]) => compareSlots(a, b)));
}

function readSlot(slot: SlotId, value: unknown): SlotPlan {
  const held = readObject(value, slotLabel(slot), ['operator', 'config', 'initialisation']);
  const id = text(100)(held.operator, `The operator of ${slotLabel(slot)}`);
  const operator = operators.find((candidate) => candidate.id === id);
  if (!operator) {
    throw new UserError(
      `${slotLabel(slot)} asks for the operator ${show(id)}, which this Scion does not have; known are ${operators.map((known) => known.id).join(', ')}.`,
    );
  }
  const refusal = misfit(operator, slot);
  if (refusal) throw new UserError(refusal);
  return {
    operator: operator.id,
    config: readConfig(operator, slot, held.config ?? {}),
    initialisation: readInitialisation(
      held.initialisation ?? 'auto',
      `The initialisation of ${slotLabel(slot)}`,
    ),
  };
}

/** Why an operator does not belong on a slot of this kind, or undefined. */
export function misfit(operator: Operator, slot: SlotId): string | undefined {
  const kind = slotKind(slot);
  if (operator.kind === kind) return undefined;
  const home = operator.kind === 'sequence' ? 'an attention' : 'an MLP';
  return `${operator.label} mixes ${mixes[operator.kind]}; ${slotLabel(slot)} mixes ${mixes[kind]}. Drop it on ${home} slot.`;
}

function readConfig(operator: Operator, slot: SlotId, value: unknown): OperatorConfig {
  const where = `${operator.label} on ${slotLabel(slot)}`;
  const names = operator.fields.map((field) => field.name);
  const config = readObject(value, `The config of ${where}`, names);
  return Object.fromEntries(
    operator.fields.map((field) => [field.name, readConfigValue(field, config[field.name], where)]),
  );
}

function readConfigValue(field: ConfigField, value: unknown, where: string): number | string {
  const name = `"${field.name}" of ${where}`;
  if (field.kind === 'choice') return oneOf(...field.choices.map((choice) => choice.value))(value, name);
  // The upper end depends on the slot's site and is checked against the model, in `planProblem`.
  return number(field.min, Number.MAX_SAFE_INTEGER)(value, name);
}

/** What a plan is held against once the model is open. */
export interface PlanModel {
  readonly id: string;
  readonly depth: number;
  site(slot: SlotId): SlotSite;
}

/** Why this plan cannot stand on this model, or undefined. */
export function planProblem(plan: Plan, model: PlanModel): string | undefined {
  if (plan.base !== model.id) {
    return `This plan grafts the model "${plan.base}", but "${model.id}" is open. Open its model first.`;
  }
  for (const [slot, held] of slotEntries(plan)) {
    if (slotBlock(slot) >= model.depth) {
      return `This plan changes block ${slotBlock(slot)}, but ${model.id} ends at block ${model.depth - 1}.`;
    }
    const problem = slotProblem(slot, held, model.site(slot));
    if (problem) return problem;
  }
  return undefined;
}

/** Why this operator with this config cannot stand at this site, or undefined. */
export function slotProblem(slot: SlotId, held: SlotPlan, site: SlotSite): string | undefined {
  const operator = operators.find((candidate) => candidate.id === held.operator);
  if (!operator) return `${slotLabel(slot)} holds an unknown operator "${held.operator}".`;
  for (const field of operator.fields) {
    const value = held.config[field.name];
    if (field.kind !== 'number' || typeof value !== 'number') continue;
    const max = field.max(site);
    if (value < field.min || value > max) {
      return `${field.label} of ${operator.label} on ${slotLabel(slot)} should lie between ${field.min} and ${max}, got ${value}.`;
    }
  }
  const problem = operator.problem(held.config, site);
  return problem && `${slotLabel(slot)}: ${problem}`;
}
