// The node components of the canvas. Their data holds ids only; whatever lives is selected inside.
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { slotId } from '../../plan/slots.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { toggleBlock, useView } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';
import { BlockOperations } from './BlockOperations.tsx';
import { spine } from './layout.ts';
import { SlotButton } from './SlotButton.tsx';

const atSpine = { left: spine };

function SpineHandles({ style }: { style?: { left: number } }) {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} {...(style ? { style } : {})} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} {...(style ? { style } : {})} />
    </>
  );
}

const BlockNode = memo(function BlockNode({ data }: NodeProps) {
  const block = Number(data.block);
  const expanded = useView((state) => state.expandedBlocks.includes(block));
  return (
    <section className="block" aria-label={`Block ${block}`}>
      <SpineHandles style={atSpine} />
      <div className="block-row">
        <button
          type="button"
          className="index nopan"
          aria-expanded={expanded}
          aria-label={`${expanded ? 'Collapse' : 'Expand'} block ${block}`}
          tabIndex={-1}
          onClick={() => toggleBlock(block)}
        >
          <span className="digits">{block}</span>
          <Icon name="right" />
        </button>
        <SlotButton slot={slotId(block, 'attn')} />
        <SlotButton slot={slotId(block, 'mlp')} />
      </div>
      {expanded && <BlockOperations block={block} />}
    </section>
  );
});

const PillNode = memo(function PillNode({ id }: NodeProps) {
  const model = useSession(selectModel);
  if (!model) return null;
  const { inputSize, patchSize, channels } = model.config;
  const tokens = (inputSize / patchSize) ** 2;
  return (
    <div className="pill">
      <SpineHandles />
      <span>{id === 'embed' ? 'Patch embed' : 'Final layer'}</span>
      <span className="muted">
        {id === 'embed'
          ? `${patchSize} × ${patchSize}, ${tokens} tokens`
          : `${inputSize} × ${inputSize} × ${channels}`}
      </span>
    </div>
  );
});

/** Timestep and class, and where they enter: adaLN of every block and of the final layer. */
const RailNode = memo(function RailNode({ data, height = 0 }: NodeProps) {
  const taps = Array.isArray(data.taps) ? data.taps.map(Number) : [];
  const last = taps[taps.length - 1] ?? 0;
  return (
    <svg
      className="rail"
      viewBox={`0 0 76 ${height}`}
      role="img"
      aria-label="Timestep t and class y condition every block"
    >
      <path d={`M28 24V${last}M60 24V32a6 6 0 0 1-6 6H28`} />
      <path d={taps.map((y) => `M0 ${y}H28`).join('')} />
      <rect className="tag" x="16" y="1" width="24" height="22" rx="5" />
      <rect className="tag" x="48" y="1" width="24" height="22" rx="5" />
      <text x="28" y="16">
        t
      </text>
      <text x="60" y="16">
        y
      </text>
      {taps.map((y) => (
        <circle key={y} className="tap" cx="28" cy={y} r="2.5" />
      ))}
    </svg>
  );
});

export const nodeTypes = { block: BlockNode, pill: PillNode, rail: RailNode };
