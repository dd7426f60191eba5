// What a phrase would do to the plan: the plan after it, in words for the list, or the reason why not.
import { UserError } from '../../lib/errors.ts';
import {
  replaceOperator,
  restoreTeacher,
  setConfig,
  setInitialisation,
  setSeed,
  setStage1,
  setStage2,
} from '../../plan/edits.ts';
import type { Plan, SlotId } from '../../plan/plan.ts';
import { mixes, slotKind, slotLabel } from '../../plan/slots.ts';
import { parsePlan, slotProblem } from '../../plan/validate.ts';
import { siteAt } from '../../store/costs.ts';
import { fitOn, heldLabel, placed } from '../../store/placing.ts';
import { settingLabel } from '../../store/planDiff.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { operatorIcon } from '../icons/operatorIcon.ts';
import type { IconName } from '../icons/shapes.ts';
import type { Phrase } from './phrase.ts';

export interface PhraseEdit {
  readonly title: string;
  readonly icon: IconName;
  /** Why it cannot be done; null when it can. */
  readonly refused: string | null;
  readonly plan: Plan;
  /** What it changes; empty for recipes. */
  readonly slots: readonly SlotId[];
}

export function phraseEdit(phrase: Phrase, plan: Plan, shape: DitShape): PhraseEdit {
  const edit = edited(phrase, plan, shape);
  if (edit.refused !== null) return edit;
  if (edit.plan === plan) return { ...edit, refused: 'it is so already' };
  try {
    parsePlan(JSON.parse(JSON.stringify(edit.plan)));
    return edit;
  } catch (error) {
    if (error instanceof UserError) return { ...edit, refused: error.message, plan };
    throw error;
  }
}

function edited(phrase: Phrase, plan: Plan, shape: DitShape): PhraseEdit {
  switch (phrase.kind) {
    case 'replace':
      return replaced(phrase, plan, shape);
    case 'restore': {
      const { slots } = phrase;
      const refused = slots.length === 0 ? 'nothing is grafted there' : null;
      const title = `Restore the teacher on ${where(slots)}`;
      return { title, icon: 'restore', refused, plan: restoreTeacher(plan, slots), slots };
    }
    case 'config':
      return configured(phrase, plan, shape);
    case 'start': {
      const { slots, initialisation } = phrase;
      const refused = slots.length === 0 ? 'nothing is grafted there' : null;
      const title = `Start ${where(slots)} with ${initialisation} weights`;
      return { title, icon: 'graft', refused, plan: setInitialisation(plan, slots, initialisation), slots };
    }
    case 'recipe': {
      const { recipe, name, value } = phrase;
      const set = recipe === 'stage1' ? setStage1 : setStage2;
      const title = `Set ${settingLabel(`${recipe}.${name}`)} to ${value}`;
      return { title, icon: 'curve', refused: null, plan: set(plan, { [name]: value }), slots: [] };
    }
    case 'seed':
      return {
        title: `Set the seed to ${phrase.value}`,
        icon: 'curve',
        refused: null,
        plan: setSeed(plan, phrase.value),
        slots: [],
      };
    default:
      return phrase satisfies never;
  }
}

function replaced(phrase: Extract<Phrase, { kind: 'replace' }>, plan: Plan, shape: DitShape): PhraseEdit {
  const { operator, variant } = phrase;
  const fits = phrase.slots.map((slot) => ({ slot, fit: fitOn(shape, plan, slot, operator.id, variant) }));
  const slots = fits.filter(({ fit }) => fit.fits).map(({ slot }) => slot);
  const [first] = slots;
  const icon = operatorIcon(operator.id);
  if (!first) {
    const [refusal] = fits.flatMap(({ fit }) => (fit.fits ? [] : [fit.reason]));
    const outside = `the model has blocks 0 to ${shape.depth - 1}`;
    return { title: `${operator.label}`, icon, refused: refusal ?? outside, plan, slots };
  }
  let next = plan;
  for (const slot of slots) next = replaceOperator(next, [slot], placed(shape, slot, operator, variant));
  const title = `Put ${heldLabel(shape, first, next.slots[first])} on ${where(slots)}`;
  return { title, icon, refused: null, plan: next, slots };
}

function configured(phrase: Extract<Phrase, { kind: 'config' }>, plan: Plan, shape: DitShape): PhraseEdit {
  const { field, value, slots } = phrase;
  const next = setConfig(plan, slots, { [field]: value });
  const problems = slots.flatMap((slot) => {
    const held = next.slots[slot];
    const problem = held && slotProblem(slot, held, siteAt(shape, slot));
    return problem === undefined ? [] : [problem];
  });
  const title = `Set ${field} ${value} on ${where(slots)}`;
  const refused = problems[0] ?? null;
  return { title, icon: 'graft', refused, plan: refused === null ? next : plan, slots };
}

/** `Block 3 attention`, `4 attention slots`, `6 slots`. */
function where(slots: readonly SlotId[]): string {
  const [first] = slots;
  if (!first) return 'no slots';
  if (slots.length === 1) return slotLabel(first);
  const kind = slotKind(first);
  const isOneKind = slots.every((slot) => slotKind(slot) === kind);
  if (!isOneKind) return `${slots.length} slots`;
  return `${slots.length} ${mixes[kind] === 'tokens' ? 'attention' : 'MLP'} slots`;
}
