// The operations of an expanded block around its slots, drawn from the model's own graph.
import { memo } from 'react';
import type { Plan } from '../../plan/plan.ts';
import { blockGraph } from '../../store/pictures.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { macsText } from '../format/numbers.ts';
import type { OperationBox } from './blockLayout.ts';

interface Props {
  readonly block: number;
  readonly slots: Plan['slots'];
  readonly shape: DitShape;
  readonly operations: readonly OperationBox[];
  readonly wires: readonly string[];
  readonly height: number;
}

/** Which of the six modulation vectors an operation takes (DiT's adaLN-Zero). */
const vectors: Readonly<Record<string, string>> = {
  'attn.modulate': 'γ₁ β₁',
  'attn.gate': 'α₁',
  'mlp.modulate': 'γ₂ β₂',
  'mlp.gate': 'α₂',
  adaLN_modulation: 'from t and y',
};

export const Branches = memo(function Branches({ block, slots, shape, operations, wires, height }: Props) {
  const picture = blockGraph(shape, slots, block);
  const nodes = new Map(picture.nodes.map((node) => [node.id, node]));
  return (
    <>
      <svg className="wires" width="100%" height={height} aria-hidden="true">
        {wires.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
      {operations.map(({ id, x, y, width, height: tall }) => {
        const node = nodes.get(id);
        if (!node) return null;
        const isSum = width === tall;
        const cost = node.cost.macs > 0 ? `, ${macsText(node.cost.macs)}` : '';
        return (
          <div
            key={id}
            className={isSum ? 'operation operation--sum' : 'operation'}
            style={{ left: x, top: y, width, height: tall }}
            title={`${node.label} ${node.detail}${cost}`}
          >
            {isSum ? '+' : <span>{node.label}</span>}
            {vectors[id] && <span className="detail">{vectors[id]}</span>}
          </div>
        );
      })}
    </>
  );
});
