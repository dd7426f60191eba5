// What an operator computes, where it comes from, and the way to its primitives.
import type { Operator } from '../../operators/operator.ts';
import type { SlotId } from '../../plan/plan.ts';
import { openDialog } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';

export function OperatorCard({ operator, slot }: { operator: Operator; slot: SlotId }) {
  return (
    <details className="section" open>
      <summary>
        <Icon name="right" /> Why and formula
      </summary>
      <p className="card">{operator.card}</p>
      <p className="formula">{operator.formula}</p>
      <p className="caption">
        <button
          type="button"
          className="btn btn--small"
          onClick={() => openDialog({ kind: 'operatorGraph', slot })}
        >
          <Icon name="graph" /> Primitive graph
        </button>
      </p>
    </details>
  );
}
