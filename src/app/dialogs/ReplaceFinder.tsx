// Replace by keyboard: the operators that fit the selected slots, with what each would cost there.
import { operators } from '../../operators/index.ts';
import { slotKind, slotLabel } from '../../plan/slots.ts';
import { teacherCost } from '../../store/costs.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { fitOn, restoreSlots } from '../../store/placing.ts';
import { model } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import { placeAndFocus } from '../canvas/placeAndFocus.ts';
import { percentText } from '../format/numbers.ts';
import { operatorIcon } from '../icons/operatorIcon.ts';
import { Finder, type Found, hasWords } from './Finder.tsx';

const hints = [{ text: '↑↓ choose' }, { text: '↵ replace' }, { text: 'Esc leave it as it is' }];

export function ReplaceFinder() {
  const selection = useView((state) => state.selection);
  const [first] = selection;
  const where = selection.length === 1 && first ? slotLabel(first) : `${selection.length} slots`;
  return (
    <Finder
      label={`Replace ${where} with`}
      placeholder={`Replace ${where} with…`}
      initial=""
      hints={hints}
      find={find}
    />
  );
}

function find(query: string): readonly Found[] {
  const info = model();
  const { selection } = useView.getState();
  if (!info || selection.length === 0) return [];
  const kinds = new Set(selection.map(slotKind));
  const entries = operators
    .filter((operator) => kinds.has(operator.kind))
    .map((operator): Found => {
      const slots = selection.filter((slot) => slotKind(slot) === operator.kind);
      const [slot] = slots;
      const fit = slot && fitOn(info.config, currentPlan(), slot, operator.id, null);
      const detail =
        slot && fit?.fits
          ? `${percentText(fit.preview.slotAfter.macs, teacherCost(info.config, slot).macs)} MACs · ${operator.promise}`
          : operator.promise;
      return {
        id: operator.id,
        title: operator.label,
        icon: operatorIcon(operator.id),
        detail,
        unavailable: fit && !fit.fits ? fit.reason : null,
        run: () => placeAndFocus(slots, operator.id, null),
      };
    });
  const restore: Found = {
    id: 'restore',
    title: 'Restore the teacher',
    icon: 'restore',
    unavailable: null,
    run: () => void restoreSlots(selection),
  };
  return [...entries, restore].filter((entry) =>
    hasWords(`${entry.title} ${entry.id} ${entry.detail ?? ''}`, query.trim()),
  );
}
