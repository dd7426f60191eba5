// The node components of the canvas. Their data holds ids only; whatever lives is selected inside.
import type { NodeProps } from '@xyflow/react';
import { lazy, memo, Suspense } from 'react';
import type { SlotId } from '../../plan/plan.ts';
import { slotBlock, slotId } from '../../plan/slots.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { type Side, toggleBlock, useView } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { Icon } from '../icons/Icon.tsx';
import { BlockCost } from './BlockCost.tsx';
import { Branches } from './Branches.tsx';
import { type OperationBox, slotsInRow } from './blockLayout.ts';
import { indexWidth, type Measures, narrow, spineOf, wide } from './layout.ts';
import { OperatorPanel } from './OperatorPanel.tsx';
import { SlotButton } from './SlotButton.tsx';
import { blockInside, slotsOn } from './scene.ts';

function sideOf(data: Record<string, unknown>): Side {
  return data.side === 'left' || data.side === 'right' ? data.side : 'only';
}

function measuresOf(side: Side): Measures {
  return side === 'only' ? wide : narrow;
}

const BlockNode = memo(function BlockNode({ data }: NodeProps) {
  const block = Number(data.block);
  const side = sideOf(data);
  const model = useSession(selectModel);
  const expanded = useView((state) => state.expandedBlocks.includes(block));
  if (!model) return null;
  const measures = measuresOf(side);
  return (
    <section
      className={expanded ? 'block is-open' : 'block'}
      data-block={block}
      aria-label={side === 'only' ? `Block ${block}` : `Block ${block}, ${side}`}
      style={{ '--spine': `${spineOf(measures)}px`, '--rail': `${measures.rail}px` } as React.CSSProperties}
    >
      <button
        type="button"
        className="index nopan"
        aria-expanded={expanded}
        aria-label={`${expanded ? 'Collapse' : 'Expand'} block ${block}`}
        title={expanded ? 'Collapse (C)' : 'Expand (E)'}
        tabIndex={-1}
        onClick={() => toggleBlock(block)}
        style={{ width: indexWidth - 7 }}
      >
        <span className="digits">{block}</span>
        <Icon name="right" />
      </button>
      {expanded ? (
        <OpenBlock block={block} side={side} shape={model.config} measures={measures} />
      ) : (
        <Slots block={block} side={side} at={slotsInRow(measures.block)} />
      )}
    </section>
  );
});

interface PartsProps {
  readonly block: number;
  readonly side: Side;
}

function Slots({ block, side, at }: PartsProps & { readonly at: Record<'attn' | 'mlp', OperationBox> }) {
  return (
    <>
      <SlotButton slot={slotId(block, 'attn')} side={side} box={at.attn} />
      <SlotButton slot={slotId(block, 'mlp')} side={side} box={at.mlp} />
    </>
  );
}

function OpenBlock({
  block,
  side,
  shape,
  measures,
}: PartsProps & { readonly shape: DitShape; readonly measures: Measures }) {
  const plan = useDocument(selectPlan);
  const split = useView((state) => state.split);
  const expandedOperators = useView((state) => state.expandedOperators);
  const slots = slotsOn(side, split, plan);
  const inside = expandedOperators.filter((slot) => slotBlock(slot) === block).sort();
  const { operations, wires, slots: at, panels, height } = blockInside(shape, slots, block, inside, measures);
  return (
    <>
      <BlockCost block={block} slots={slots} shape={shape} />
      <Branches
        block={block}
        slots={slots}
        shape={shape}
        operations={operations}
        wires={wires}
        height={height}
      />
      <Slots block={block} side={side} at={at} />
      {panels.map(({ slot, y, scene }) => (
        <OperatorPanel
          key={slot}
          slot={slot}
          side={side}
          y={y}
          scene={scene}
          shape={shape}
          measures={measures}
        />
      ))}
    </>
  );
}

const PillNode = memo(function PillNode({ id }: NodeProps) {
  const model = useSession(selectModel);
  if (!model) return null;
  const { inputSize, patchSize, channels } = model.config;
  const tokens = (inputSize / patchSize) ** 2;
  const isEmbed = id.endsWith('embed');
  return (
    <div className={isEmbed ? 'pill pill--first' : 'pill'}>
      <span>{isEmbed ? 'Patch embed' : 'Final layer'}</span>
      <span className="muted">
        {isEmbed
          ? `${patchSize} × ${patchSize}, ${tokens} tokens`
          : `${inputSize} × ${inputSize} × ${channels}`}
      </span>
    </div>
  );
});

/** Timestep and class: the line that taps every block; the taps are the blocks' own. */
const RailNode = memo(function RailNode({ data, width = 0 }: NodeProps) {
  const at = width * 0.37;
  const second = Math.min(width - 12, at + 32);
  return (
    <div
      className="rail"
      role="img"
      aria-label="Timestep t and class y condition every block"
      data-side={sideOf(data)}
    >
      <svg viewBox={`0 0 ${width} 48`} width={width} height="48" aria-hidden="true">
        <path d={`M${second} 24V32a6 6 0 0 1-6 6H${at}`} />
        <rect className="tag" x={at - 12} y="1" width="24" height="22" rx="5" />
        <rect className="tag" x={second - 12} y="1" width="24" height="22" rx="5" />
        <text x={at} y="16">
          t
        </text>
        <text x={second} y="16">
          y
        </text>
      </svg>
      <i style={{ left: at }} />
    </div>
  );
});

/** Which plan a half of the split shows. */
const HeadNode = memo(function HeadNode({ data }: NodeProps) {
  const side = sideOf(data);
  const shown = useView((state) => (side === 'only' ? null : (state.split?.[side] ?? null)));
  const plan = useDocument(selectPlan);
  if (!shown) return null;
  const count = Object.keys((shown.slots ?? plan.slots) satisfies Partial<Record<SlotId, unknown>>).length;
  return (
    <div className="side-head">
      <strong>{shown.label}</strong>
      <span className="muted">
        {count === 0 ? 'pretrained' : `${count} grafted`}
        {shown.slots === null ? '' : ', to look at'}
      </span>
    </div>
  );
});

const DepthChart = lazy(async () => ({ default: (await import('./lens/DepthChart.tsx')).DepthChart }));

/** The bars along the model's depth, beside it under every lens but the structure. */
function DepthNode(node: NodeProps) {
  return (
    <Suspense fallback={null}>
      <DepthChart {...node} />
    </Suspense>
  );
}

export const nodeTypes = {
  block: BlockNode,
  pill: PillNode,
  rail: RailNode,
  head: HeadNode,
  depth: DepthNode,
};
