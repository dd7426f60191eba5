// An operator as its primitives: the graph that is trained and exported, drawn row by row.
import { useMemo } from 'react';
import { operatorById } from '../../operators/index.ts';
import type { SlotId } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { teacherPlan } from '../../store/costs.ts';
import { selectSlot, useDocument } from '../../store/documentStore.ts';
import { operatorGraph } from '../../store/pictures.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { layered } from '../canvas/layered.ts';
import { Modal, ModalHead } from '../parts/Modal.tsx';

const cell = { width: 148, height: 34, gapX: 14, gapY: 18 };

export function OperatorGraph({ slot }: { slot: SlotId }) {
  const model = useSession(selectModel);
  return model ? <Sheet slot={slot} shape={model.config} /> : null;
}

function Sheet({ slot, shape }: { slot: SlotId; shape: DitShape }) {
  const held = useDocument(selectSlot(slot));
  const { operator, config } = held ?? teacherPlan(shape, slot);
  const picture = useMemo(
    () => operatorGraph(shape, slot, operator, config),
    [shape, slot, operator, config],
  );
  const { boxes, width, height } = useMemo(() => place(picture), [picture]);
  const { label, formula } = operatorById(operator);
  return (
    <Modal label={`Primitive graph of ${label}`} className="graph-sheet">
      <ModalHead title={`${label} on ${slotLabel(slot)}: ${picture.nodes.length} primitives`} />
      <div className="dialog-body">
        <p className="formula">{formula}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be scrolled by keys. */}
        <div className="scroll" tabIndex={0}>
          <svg
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={describe(picture)}
          >
            {picture.edges.map(({ from, to }) => (
              <path key={`${from}-${to}`} className="wire" d={wire(boxes.get(from), boxes.get(to))} />
            ))}
            {picture.nodes.map((node) => {
              const box = boxes.get(node.id);
              return (
                box && (
                  <g key={node.id} transform={`translate(${box.x} ${box.y})`}>
                    <title>{node.scope === '' ? node.op : `${node.op} in ${node.scope}`}</title>
                    <rect
                      className={isEnd(node.op) ? 'primitive primitive--end' : 'primitive'}
                      width={cell.width}
                      height={cell.height}
                      rx="5"
                    />
                    <text className="primitive-op" x="8" y="14">
                      {node.label}
                    </text>
                    <text className="primitive-shape" x="8" y="27">
                      {node.shape}
                    </text>
                  </g>
                )
              );
            })}
          </svg>
        </div>
      </div>
    </Modal>
  );
}

type Picture = ReturnType<typeof operatorGraph>;
type Box = { readonly x: number; readonly y: number };

function place({ nodes, edges }: Picture): { boxes: Map<string, Box>; width: number; height: number } {
  const cells = layered(
    nodes.map((node) => node.id),
    edges,
  );
  const widest = Math.max(1, ...cells.map(({ of }) => of));
  const pitch = cell.width + cell.gapX;
  const boxes = new Map(
    cells.map(({ id, row, place: at, of }) => {
      const x = ((widest - of) / 2 + at) * pitch;
      return [id, { x, y: row * (cell.height + cell.gapY) }];
    }),
  );
  const rows = Math.max(0, ...cells.map(({ row }) => row)) + 1;
  return { boxes, width: widest * pitch - cell.gapX, height: rows * (cell.height + cell.gapY) - cell.gapY };
}

function wire(from: Box | undefined, to: Box | undefined): string {
  if (!from || !to) return '';
  const [x1, y1] = [from.x + cell.width / 2, from.y + cell.height];
  const [x2, y2] = [to.x + cell.width / 2, to.y];
  const bend = Math.max(12, (y2 - y1) / 2);
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

function isEnd(op: string): boolean {
  return op === 'input' || op === 'output' || op === 'constant';
}

function describe({ nodes }: Picture): string {
  return `Primitives in order: ${nodes.map((node) => node.label).join(', ')}`;
}
