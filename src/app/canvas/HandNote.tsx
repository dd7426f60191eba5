// What a chip that was picked up with a click waits for.
import { operatorById } from '../../operators/index.ts';
import { takeInHand, useView } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';

export function HandNote() {
  const hand = useView((state) => state.hand);
  if (hand?.manner !== 'click') return null;
  const { label, kind } = operatorById(hand.operator);
  return (
    <div className="hand-note">
      <Icon name={operatorIcon(hand.operator)} />
      {label} is in hand. Click {kind === 'sequence' ? 'an attention' : 'an MLP'} slot to place it.
      <button type="button" className="btn btn--small" onClick={() => takeInHand(null)}>
        Put down
      </button>
    </div>
  );
}
