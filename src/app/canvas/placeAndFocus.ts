// Placing an operator by hand or by name: afterwards the keyboard stands on the slot that changed.
import type { OperatorConfig, SlotId } from '../../plan/plan.ts';
import { placeOperator } from '../../store/placing.ts';
import { useView } from '../../store/viewStore.ts';
import { reveal } from './camera.ts';

export function placeAndFocus(
  slots: readonly SlotId[],
  operator: string,
  variant: OperatorConfig | null,
): void {
  if (!placeOperator(slots, operator, variant)) return;
  const { focus } = useView.getState();
  if (focus) reveal(focus);
}
