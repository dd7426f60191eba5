// The operations of an expanded block, drawn from the model's own graph.
import { useMemo } from 'react';
import type { SlotId } from '../../plan/plan.ts';
import { slotId } from '../../plan/slots.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { type BlockPicture, blockGraph } from '../../store/pictures.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { openDialog } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { macs } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { Num } from '../parts/Num.tsx';
import { blockScene, type OperationBox } from './blockLayout.ts';

export function BlockOperations({ block }: { block: number }) {
  const model = useSession(selectModel);
  return model ? <Operations block={block} shape={model.config} /> : null;
}

function Operations({ block, shape }: { block: number; shape: DitShape }) {
  const plan = useDocument(selectPlan);
  const picture = blockGraph(shape, plan, block);
  const { boxes, wires, height } = useMemo(() => blockScene(picture), [picture]);
  const at = new Map(boxes.map((box) => [box.id, box]));
  return (
    <div className="operations" style={{ height }}>
      <svg className="wires" width="100%" height={height} aria-hidden="true">
        {wires.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
      {picture.nodes.map((node) => {
        const box = at.get(node.id);
        return (
          box && (
            <Operation
              key={node.id}
              node={node}
              box={box}
              slot={slotOf(node.id, block)}
              grafted={plan.slots}
            />
          )
        );
      })}
    </div>
  );
}

interface OperationProps {
  readonly node: BlockPicture['nodes'][number];
  readonly box: OperationBox;
  /** The slot whose operator this is; null for the fixed parts of the block. */
  readonly slot: SlotId | null;
  readonly grafted: Readonly<Partial<Record<SlotId, unknown>>>;
}

function Operation({ node, box, slot, grafted }: OperationProps) {
  const { x, y, width, height } = box;
  const isGrafted = slot !== null && grafted[slot] !== undefined;
  const classes = ['operation', slot && 'operation--slot', isGrafted && 'is-grafted'];
  return (
    <div
      className={classes.filter(Boolean).join(' ')}
      style={{ left: x, top: y, width, height }}
      title={`${node.label} ${node.detail}`}
    >
      <span>{node.label}</span>
      <span className="detail">{node.detail}</span>
      {node.cost && node.cost.macs > 0 && <Num {...macs(node.cost.macs)} />}
      {slot && (
        <button
          type="button"
          className="btn btn--icon btn--small nopan"
          aria-label={`Primitive graph of ${node.label}`}
          title="Primitive graph"
          onClick={() => openDialog({ kind: 'operatorGraph', slot })}
        >
          <Icon name="graph" />
        </button>
      )}
    </div>
  );
}

function slotOf(id: string, block: number): SlotId | null {
  if (id === slotId(block, 'attn') || id === 'attn') return slotId(block, 'attn');
  if (id === slotId(block, 'mlp') || id === 'mlp') return slotId(block, 'mlp');
  return null;
}
