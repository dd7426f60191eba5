// An operator as its primitives, inside of its block: the graph that is trained and exported.
import { operatorById } from '../../operators/index.ts';
import type { SlotId } from '../../plan/plan.ts';
import { slotPart } from '../../plan/slots.ts';
import { teacherPlan } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { type Side, toggleOperator, useView } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { Icon } from '../icons/Icon.tsx';
import { counterparts } from './counterparts.ts';
import { indexWidth, type Measures } from './layout.ts';
import { type PrimitiveScene, primitiveHeight } from './primitiveLayout.ts';
import { panelWidth, primitivesOf, slotsOn } from './scene.ts';

interface Props {
  readonly slot: SlotId;
  readonly side: Side;
  readonly y: number;
  readonly scene: PrimitiveScene;
  readonly shape: DitShape;
  readonly measures: Measures;
}

const ends = new Set(['input', 'output', 'constant']);

export function OperatorPanel({ slot, side, y, scene, shape, measures }: Props) {
  const plan = useDocument(selectPlan);
  const split = useView((state) => state.split);
  const held = slotsOn(side, split, plan)[slot];
  const { nodes } = primitivesOf(shape, slot, held);
  const other = side === 'only' ? null : slotsOn(side === 'left' ? 'right' : 'left', split, plan)[slot];
  const matched = other === null ? null : counterparts(nodes, primitivesOf(shape, slot, other).nodes);
  const alone = matched ? nodes.length - matched.size : 0;
  const { label } = operatorById((held ?? teacherPlan(shape, slot)).operator);
  const width = panelWidth(measures);
  return (
    <section
      className={held ? 'primitives is-grafted' : 'primitives'}
      aria-label={`${label}: ${nodes.length} primitives`}
      style={{ left: indexWidth, top: y, width, height: scene.height - 8 }}
    >
      <header>
        <span>
          {slotPart(slot) === 'attn' ? 'Attention' : 'MLP'} slot: {label}
        </span>
        <span className="muted">
          {nodes.length} primitives{alone > 0 && `, ${alone} with no counterpart`}
        </span>
        <button
          type="button"
          className="btn btn--icon btn--small nopan"
          aria-label={`Hide the primitives of ${label}`}
          tabIndex={-1}
          onClick={() => toggleOperator(slot)}
        >
          <Icon name="close" />
        </button>
      </header>
      <svg className="wires" width={width} height={scene.height} aria-hidden="true">
        {scene.wires.map(({ id, path }) => (
          <path key={id} d={path} />
        ))}
      </svg>
      {nodes.map((node) => {
        const cell = scene.cells.get(node.id);
        if (!cell) return null;
        const isAlone = matched !== null && !matched.has(node.id);
        const classes = ['primitive', ends.has(node.op) && 'primitive--end', isAlone && 'is-alone'];
        const where = node.scope === '' ? node.op : `${node.op} in ${node.scope}`;
        return (
          <div
            key={node.id}
            className={classes.filter(Boolean).join(' ')}
            title={isAlone ? `${where}: no counterpart on the other side` : where}
            style={{ left: cell.x, top: cell.y, width: scene.cellWidth, height: primitiveHeight }}
          >
            <span>{node.label}</span>
            <span className="detail">{node.shape}</span>
          </div>
        );
      })}
    </section>
  );
}
