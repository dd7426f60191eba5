// The settings of both recipes as records: label, range, and how each reads and edits the plan.
import { setSeed, setStage1, setStage2 } from '../../plan/edits.ts';
import type { Plan, Stage1Recipe, Stage2Recipe } from '../../plan/plan.ts';

export type RecipeField =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly label: string;
      readonly min: number;
      readonly max: number;
      readonly step: 1 | 'any';
      /** False hides the setting where it has no effect. */
      applies(plan: Plan): boolean;
      get(plan: Plan): number;
      set(plan: Plan, value: number): Plan;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
      get(plan: Plan): string;
      set(plan: Plan, value: string): Plan;
    };

type NumberKeys<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];
type Range = { readonly label: string; readonly min: number; readonly max: number; readonly step: 1 | 'any' };
const always = () => true;

function stage1(
  name: NumberKeys<Stage1Recipe>,
  range: Range,
  applies: (plan: Plan) => boolean = always,
): RecipeField {
  return {
    kind: 'number',
    name: `stage1.${name}`,
    ...range,
    applies,
    get: (plan) => plan.stage1[name],
    set: (plan, value) => setStage1(plan, { [name]: value }),
  };
}

function stage2(
  name: NumberKeys<Stage2Recipe>,
  range: Range,
  applies: (plan: Plan) => boolean = always,
): RecipeField {
  return {
    kind: 'number',
    name: `stage2.${name}`,
    ...range,
    applies,
    get: (plan) => plan.stage2[name],
    set: (plan, value) => setStage2(plan, { [name]: value }),
  };
}

const losses = [
  { value: 'l1', label: 'L1' },
  { value: 'l2', label: 'L2' },
  { value: 'huber', label: 'Huber' },
] as const;

const scopes = [
  { value: 'all', label: 'All' },
  { value: 'grafted', label: 'Grafted' },
  { value: 'lora', label: 'LoRA' },
] as const;

export const stage1Fields: readonly RecipeField[] = [
  stage1('steps', { label: 'Steps per slot', min: 1, max: 1_000_000, step: 1 }),
  stage1('batch', { label: 'Batch', min: 1, max: 4096, step: 1 }),
  stage1('learningRate', { label: 'Learning rate', min: 1e-9, max: 1, step: 'any' }),
  {
    kind: 'choice',
    name: 'stage1.loss',
    label: 'Loss',
    choices: losses,
    get: (plan) => plan.stage1.loss,
    set: (plan, value) => {
      const found = losses.find((choice) => choice.value === value);
      return found ? setStage1(plan, { loss: found.value }) : plan;
    },
  },
  stage1(
    'huberDelta',
    { label: 'Huber delta', min: 1e-6, max: 1e6, step: 'any' },
    (plan) => plan.stage1.loss === 'huber',
  ),
  {
    kind: 'choice',
    name: 'stage1.stopWhenFlat',
    label: 'Stop when flat',
    choices: [
      { value: 'yes', label: 'Yes' },
      { value: 'no', label: 'No' },
    ],
    get: (plan) => (plan.stage1.stopWhenFlat ? 'yes' : 'no'),
    set: (plan, value) => setStage1(plan, { stopWhenFlat: value === 'yes' }),
  },
  {
    kind: 'number',
    name: 'seed',
    label: 'Seed',
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    applies: always,
    get: (plan) => plan.seed,
    set: setSeed,
  },
];

export const stage2Fields: readonly RecipeField[] = [
  stage2('steps', { label: 'Steps', min: 0, max: 10_000_000, step: 1 }),
  stage2('batch', { label: 'Batch', min: 1, max: 4096, step: 1 }),
  stage2('learningRate', { label: 'Learning rate', min: 1e-9, max: 1, step: 'any' }),
  stage2('warmupSteps', { label: 'Warm-up steps', min: 0, max: 1_000_000, step: 1 }),
  {
    kind: 'choice',
    name: 'stage2.scope',
    label: 'Trains',
    choices: scopes,
    get: (plan) => plan.stage2.scope,
    set: (plan, value) => {
      const found = scopes.find((choice) => choice.value === value);
      return found ? setStage2(plan, { scope: found.value }) : plan;
    },
  },
  stage2(
    'loraRank',
    { label: 'LoRA rank', min: 1, max: 1024, step: 1 },
    (plan) => plan.stage2.scope === 'lora',
  ),
  stage2('emaDecay', { label: 'EMA decay', min: 0, max: 0.999999, step: 'any' }),
  stage2('labelDropout', { label: 'Label dropout', min: 0, max: 1, step: 'any' }),
];
