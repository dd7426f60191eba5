// Two scenes to pan: the editor's own canvas with a DiT-XL/2 twice and every block open, and as many nodes as React Flow's
// stress example has, drawn by React Flow itself. `?scene=` chooses; the runner moves the pointer and reads the frames.
import '../../../app/styles/tokens.css';
import '../../../app/styles/base.css';
import '../../../app/styles/controls.css';
import '../../../app/styles/canvas.css';
import '@xyflow/react/dist/style.css';
import { Background, Controls, type Edge, MiniMap, type Node, ReactFlow } from '@xyflow/react';
import { createRoot } from 'react-dom/client';
import { Canvas } from '../../../app/canvas/Canvas.tsx';
import { fitAll } from '../../../app/canvas/camera.ts';
import { known } from '../../../lib/errors.ts';
import { publishedShape } from '../../../models/shape.ts';
import { emptyPlan } from '../../../plan/plan.ts';
import { selectionPresets } from '../../../plan/presets.ts';
import { startDocument } from '../../../store/documentStore.ts';
import { placeOperator } from '../../../store/placing.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { setExpandedBlocks, setSplit, useView } from '../../../store/viewStore.ts';
import type { ModelInfo } from '../../../workers/protocol.ts';

declare global {
  interface Window {
    /** Parts drawn: slots, operations, pills for the editor; nodes for React Flow. */
    countParts(): number;
    recordFrames(milliseconds: number): Promise<number[]>;
    /** Milliseconds from opening every block to the frame that shows them. */
    expandAll(): Promise<number>;
    /** Puts the whole model on the screen. */
    showWhole(): void;
  }
}

const shape = publishedShape('XL', 2);
const info: ModelInfo = {
  id: 'dit-xl-2',
  label: 'DiT-XL/2',
  engine: 'none',
  parallel: true,
  note: null,
  config: shape,
  classNames: [],
  pretrainingFlops: null,
};
const everyBlock = Array.from({ length: shape.depth }, (_, block) => block);

function openEditor(): void {
  startDocument(emptyPlan(info.id), 'benchmark');
  useSession.setState({ opening: { state: 'ready', model: info } });
  const half = known(
    selectionPresets.find(({ id }) => id === 'half-attention'),
    'preset',
  );
  placeOperator(half.slots(shape.depth), 'hyena_x', null);
  useView.setState({ selection: [] });
  setSplit({ left: { label: 'base', slots: {} }, right: { label: 'plan', slots: null } });
  createRoot(known(document.getElementById('root'), '#root')).render(<Canvas />);
}

/** The numbers of React Flow's stress example: 25 × 25 default nodes, an edge from each to the next. */
function openStress(): void {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  for (let y = 0; y < 25; y++) {
    for (let x = 0; x < 25; x++) {
      const id = String(nodes.length);
      if (nodes.length > 0) edges.push({ id: `e${id}`, source: String(nodes.length - 1), target: id });
      nodes.push({
        id,
        position: { x: x * 100, y: y * 50 },
        data: { label: `Node ${id}` },
        style: { width: 50, fontSize: 11 },
      });
    }
  }
  createRoot(known(document.getElementById('root'), '#root')).render(
    <ReactFlow defaultNodes={nodes} defaultEdges={edges} fitView minZoom={0}>
      <MiniMap />
      <Controls />
      <Background />
    </ReactFlow>,
  );
}

const isEditor = new URLSearchParams(location.search).get('scene') === 'editor';

window.countParts = () =>
  document.querySelectorAll(isEditor ? '.slot, .operation, .pill, .side-head' : '.react-flow__node').length;

window.recordFrames = (milliseconds) =>
  new Promise((resolve) => {
    const frames: number[] = [];
    let before = performance.now();
    const end = before + milliseconds;
    const tick = () => {
      // The clock of the call, not that of the frame: a late frame counts as late.
      const now = performance.now();
      frames.push(now - before);
      before = now;
      if (now < end) requestAnimationFrame(tick);
      else resolve(frames);
    };
    requestAnimationFrame(tick);
  });

window.expandAll = () =>
  new Promise((resolve) => {
    const start = performance.now();
    setExpandedBlocks(everyBlock, 0);
    // The frame after next has painted what this one laid out.
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
  });

window.showWhole = fitAll;

if (isEditor) openEditor();
else openStress();
