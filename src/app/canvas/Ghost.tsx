// The chip in the hand while it is dragged, with the number of slots that a drop would reach.
import { operatorById } from '../../operators/index.ts';
import { useView } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { operatorIcon } from '../icons/operatorIcon.ts';
import { ghost, targetsOf } from './chipDrag.ts';

export function Ghost() {
  const hand = useView((state) => state.hand);
  if (hand?.manner !== 'drag') return null;
  const targets = hand.over ? targetsOf(hand.over).length : 0;
  return (
    <div
      className="ghost"
      ref={(element) => {
        ghost.element = element;
        ghost.moveTo(ghost.x, ghost.y);
      }}
    >
      <Icon name={operatorIcon(hand.operator)} />
      {operatorById(hand.operator).label}
      {targets > 1 && <span className="times">×{targets}</span>}
    </div>
  );
}
