// The canvas: React Flow as camera and stage; what stands on it is derived from the model's depth and the open blocks.
import '@xyflow/react/dist/base.css';
import { type Edge, type Node, type OnMove, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import { operatorById } from '../../operators/index.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { blockGraph } from '../../store/pictures.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import type { ModelInfo } from '../../workers/protocol.ts';
import { blockHeight } from './blockLayout.ts';
import { CanvasBar } from './CanvasBar.tsx';
import { CanvasEmpty } from './CanvasEmpty.tsx';
import { fitReadable, setCamera } from './camera.ts';
import { slotsMoved } from './chipDrag.ts';
import { HandNote } from './HandNote.tsx';
import { layout, railTaps, spineEdges } from './layout.ts';
import { nodeTypes } from './nodes.tsx';
import { Zoom } from './Zoom.tsx';

export function Canvas() {
  const model = useSession(selectModel);
  const dragging = useView((state) => state.hand?.operator);
  const kind = dragging === undefined ? undefined : operatorById(dragging).kind;
  return (
    <main className="canvas" aria-label="Model" data-canvas data-dragging={kind}>
      <CanvasBar />
      <HandNote />
      {model ? <Stage model={model} /> : <CanvasEmpty />}
    </main>
  );
}

const panWith = [0, 1];

function Stage({ model }: { model: ModelInfo }) {
  const stage = useRef<HTMLDivElement>(null);
  const expandedBlocks = useView((state) => state.expandedBlocks);
  const { nodes, edges } = useMemo(() => scene(model, expandedBlocks), [model, expandedBlocks]);
  const onInit = (flow: ReactFlowInstance) => {
    setCamera(flow);
    if (stage.current) fitReadable({ width: stage.current.clientWidth, height: stage.current.clientHeight });
  };
  const onMove: OnMove = (_, { zoom }) => {
    stage.current?.classList.toggle('is-far', zoom < 0.55);
    stage.current?.classList.toggle('is-tiny', zoom < 0.4);
    slotsMoved();
  };
  useEffect(() => () => setCamera(null), []);
  return (
    <div className="stage" ref={stage}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        edgesReconnectable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panOnScroll
        panOnDrag={panWith}
        zoomOnDoubleClick={false}
        minZoom={0.2}
        maxZoom={2}
        attributionPosition="bottom-left"
        onInit={onInit}
        onMove={onMove}
      >
        <Zoom />
      </ReactFlow>
    </div>
  );
}

function scene(model: ModelInfo, expandedBlocks: readonly number[]): { nodes: Node[]; edges: Edge[] } {
  const { depth } = model.config;
  // Which operations a block has does not depend on what its slots hold, only their names and costs do.
  const bare = emptyPlan(model.id);
  const boxes = layout(depth, (block) =>
    expandedBlocks.includes(block) ? blockHeight(blockGraph(model.config, bare, block)) : 0,
  );
  const taps = railTaps(boxes);
  const nodes = boxes.map(({ id, type, x, y, width, height, block }) => ({
    id,
    type,
    position: { x, y },
    width,
    height,
    data: type === 'rail' ? { taps } : { block },
  }));
  return { nodes, edges: spineEdges(depth).map((edge) => ({ ...edge, type: 'straight' })) };
}
