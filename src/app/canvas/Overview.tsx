// The whole model in the corner, grafts in green, with the part that is on screen; drag it to move there.
import { MiniMap, type MiniMapNodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { SlotId } from '../../plan/plan.ts';
import { slotId } from '../../plan/slots.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { type Side, useView } from '../../store/viewStore.ts';

const style = { width: 68, height: 92 };
/** An open block is drawn as tall as it is, its slots as in a row. */
const slotHeight = 40;

export function Overview() {
  return (
    <MiniMap
      className="overview"
      style={style}
      nodeComponent={OverviewNode}
      position="bottom-right"
      pannable
      zoomable
      ariaLabel="Overview of the model"
      offsetScale={2}
    />
  );
}

const OverviewNode = memo(function OverviewNode({ id, x, y, width, height }: MiniMapNodeProps) {
  const place = /^(?:(left|right):)?block-(\d+)$/.exec(id);
  if (!place) return null;
  const side = place[1] === 'left' || place[1] === 'right' ? place[1] : 'only';
  const block = Number(place[2]);
  const half = (width - 6) / 2;
  const tall = Math.min(height, slotHeight);
  return (
    <>
      {height > slotHeight && <rect className="is-open" x={x} y={y} width={width} height={height} rx="4" />}
      <OverviewSlot slot={slotId(block, 'attn')} side={side} x={x} y={y} width={half} height={tall} />
      <OverviewSlot
        slot={slotId(block, 'mlp')}
        side={side}
        x={x + half + 6}
        y={y}
        width={half}
        height={tall}
      />
    </>
  );
});

interface Props {
  readonly slot: SlotId;
  readonly side: Side;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function OverviewSlot({ slot, side, ...rect }: Props) {
  const shown = useView(({ split }) => (side === 'only' ? null : (split?.[side].slots ?? null)));
  const isGrafted = useDocument((state) => (shown ?? selectPlan(state).slots)[slot] !== undefined);
  return <rect className={isGrafted ? 'is-grafted' : 'is-teacher'} {...rect} rx="4" />;
}
