// Commands that change the plan, or take a change back.
import { operators } from '../../operators/index.ts';
import { graftedSlots } from '../../plan/edits.ts';
import { slotKind } from '../../plan/slots.ts';
import { clearBypass, keepBypass, toggleBypass } from '../../store/bypass.ts';
import {
  currentPlan,
  presentLabel,
  redoEdit,
  selectCanRedo,
  selectCanUndo,
  undoEdit,
  useDocument,
} from '../../store/documentStore.ts';
import { currentBypass } from '../../store/effectivePlan.ts';
import { placeOperator, restoreSlots } from '../../store/placing.ts';
import { model } from '../../store/sessionStore.ts';
import { announce, openDialog, select, takeInHand, useView } from '../../store/viewStore.ts';
import { operatorIcon } from '../icons/operatorIcon.ts';
import type { Command } from './command.ts';

const needsModel = () => (model() ? null : 'the model is still opening');
const needsBypass = () => (currentBypass().length > 0 ? null : 'nothing is bypassed');
const needsSelection = () =>
  needsModel() ?? (useView.getState().selection.length > 0 ? null : 'select a slot first');

const history: readonly Command[] = [
  {
    id: 'edit.undo',
    title: 'Undo',
    group: 'Edit',
    keys: ['Mod+Z'],
    icon: 'undo',
    unavailable: () => (selectCanUndo(useDocument.getState()) ? null : 'nothing to undo'),
    run: () => {
      const undone = presentLabel();
      if (undoEdit()) announce(`Undone: ${undone}.`);
    },
  },
  {
    id: 'edit.redo',
    title: 'Redo',
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    icon: 'redo',
    unavailable: () => (selectCanRedo(useDocument.getState()) ? null : 'nothing to redo'),
    run: () => {
      if (redoEdit()) announce(`Redone: ${presentLabel()}.`);
    },
  },
];

const slots: readonly Command[] = [
  {
    id: 'edit.replace',
    title: 'Replace the operator of the selected slots…',
    group: 'Edit',
    keys: ['R'],
    icon: 'graft',
    keywords: 'swap graft',
    unavailable: needsSelection,
    run: () => openDialog({ kind: 'replace' }),
  },
  {
    id: 'edit.restore',
    title: 'Restore the teacher on the selected slots',
    group: 'Edit',
    keys: ['X', 'Delete', 'Backspace'],
    icon: 'restore',
    keywords: 'remove original pretrained reset',
    unavailable: () => {
      const { selection } = useView.getState();
      if (selection.length === 0) return 'select a slot first';
      const plan = currentPlan();
      return selection.some((slot) => plan.slots[slot]) ? null : 'the selected slots hold the teacher';
    },
    run: () => void restoreSlots(useView.getState().selection),
  },
  {
    id: 'edit.bypass',
    title: 'Bypass the grafts of the selected slots, or end that',
    group: 'Edit',
    keys: ['B'],
    icon: 'bypass',
    keywords: 'teacher preview compare inference',
    unavailable: () => {
      const { selection } = useView.getState();
      if (selection.length === 0) return 'select a slot first';
      const plan = currentPlan();
      return selection.some((slot) => plan.slots[slot]) ? null : 'the selected slots hold the teacher';
    },
    run: () => toggleBypass(useView.getState().selection),
  },
  {
    id: 'edit.keepBypass',
    title: 'Keep the teacher in the bypassed slots',
    group: 'Edit',
    keys: [],
    keywords: 'apply',
    unavailable: needsBypass,
    run: keepBypass,
  },
  {
    id: 'edit.clearBypass',
    title: 'Let all bypassed grafts run again',
    group: 'Edit',
    keys: [],
    unavailable: needsBypass,
    run: clearBypass,
  },
  {
    id: 'edit.restoreAll',
    title: 'Restore the teacher everywhere',
    group: 'Edit',
    keys: [],
    icon: 'restore',
    keywords: 'clear reset new plan',
    unavailable: () => (graftedSlots(currentPlan()).length > 0 ? null : 'nothing is grafted'),
    run: () => void restoreSlots(graftedSlots(currentPlan())),
  },
  {
    id: 'edit.putDown',
    title: 'Put the chip down, or clear the selection',
    group: 'Edit',
    keys: ['Escape'],
    unavailable: () => null,
    run: () => {
      if (useView.getState().hand) takeInHand(null);
      else select([], useView.getState().focus);
    },
  },
];

/** One command an operator: it goes on the selected slots of its kind, or into the hand when none fits. */
const placements: readonly Command[] = operators.map((operator) => ({
  id: `place.${operator.id}`,
  title: `Replace with ${operator.label}`,
  group: 'Edit',
  keys: [],
  keywords: `${operator.id} ${operator.promise}`,
  icon: operatorIcon(operator.id),
  unavailable: needsModel,
  run: () => {
    const fitting = useView.getState().selection.filter((slot) => slotKind(slot) === operator.kind);
    if (fitting.length > 0) return void placeOperator(fitting, operator.id, null);
    takeInHand({ operator: operator.id, variant: null, manner: 'click' });
    announce(`${operator.label} is in hand; choose a slot and press Enter.`);
  },
}));

export const editCommands: readonly Command[] = [...history, ...slots, ...placements];
