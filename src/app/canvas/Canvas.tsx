// The canvas: React Flow as camera and stage; what stands on it is derived from the model's depth and the open blocks.
import '@xyflow/react/dist/base.css';
import { type OnMove, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { lazy, memo, Suspense, useEffect, useRef } from 'react';
import { operatorById } from '../../operators/index.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { useView } from '../../store/viewStore.ts';
import type { ModelInfo } from '../../workers/protocol.ts';
import { CanvasBar } from './CanvasBar.tsx';
import { CanvasEmpty } from './CanvasEmpty.tsx';
import { fitReadable, keepFitted, setCamera, viewWasMoved } from './camera.ts';
import { slotsMoved } from './chipDrag.ts';
import { HandNote } from './HandNote.tsx';
import { startMarquee } from './marquee.ts';
import { playLayout } from './motion.ts';
import { nodeTypes } from './nodes.tsx';
import { Overview } from './Overview.tsx';
import type { Scene } from './scene.ts';
import { useScene } from './useScene.ts';
import { Zoom } from './Zoom.tsx';

const LensTable = lazy(async () => ({ default: (await import('./lens/LensTable.tsx')).LensTable }));

export function Canvas() {
  const model = useSession(selectModel);
  const dragging = useView((state) => state.hand?.operator);
  const kind = dragging === undefined ? undefined : operatorById(dragging).kind;
  const lens = useView((state) => state.lens);
  const isSplit = useView((state) => state.split !== null);
  return (
    <main
      className="canvas"
      aria-label="Model"
      data-canvas
      data-dragging={kind}
      data-lens={lens}
      data-split={isSplit || undefined}
    >
      <CanvasBar />
      <HandNote />
      {model ? <Stage model={model} /> : <CanvasEmpty />}
    </main>
  );
}

const panWith = [0, 1];
const noEdges: never[] = [];

const Stage = memo(function Stage({ model }: { model: ModelInfo }) {
  const stage = useRef<HTMLDivElement>(null);
  const scene = useScene(model.config);
  const isSplit = useView((state) => state.split !== null);
  useTravel(stage, scene);
  useEffect(() => () => setCamera(null), []);
  const tableOpen = useView((state) => state.lensTable);
  const hasChart = useView((state) => state.lens !== 'structure');
  useEffect(() => fitReadable('travel'), [isSplit]);
  useEffect(() => keepFitted('travel'), [hasChart]);
  useRefit(stage);
  const onInit = (flow: ReactFlowInstance) => {
    setCamera(flow);
    fitReadable();
  };
  const onMove: OnMove = (event, { zoom }) => {
    if (event) viewWasMoved();
    stage.current?.classList.toggle('is-far', zoom < 0.6);
    stage.current?.classList.toggle('is-tiny', zoom < 0.4);
    slotsMoved();
  };
  return (
    <div className="stage" ref={stage} onMouseDownCapture={startMarquee}>
      <ReactFlow
        nodes={scene.nodes}
        edges={noEdges}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        edgesReconnectable={false}
        elementsSelectable={false}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        deleteKeyCode={null}
        disableKeyboardA11y
        panOnScroll
        panOnDrag={panWith}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={2}
        attributionPosition="bottom-right"
        onInit={onInit}
        onMove={onMove}
      >
        <Overview />
        <Zoom />
      </ReactFlow>
      <Suspense fallback={null}>{tableOpen && <LensTable />}</Suspense>
    </div>
  );
});

/** A window or panel of another size: the view that nobody has moved is fitted again. */
function useRefit(stage: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    if (!stage.current) return;
    const watch = new ResizeObserver(() => keepFitted('at once'));
    watch.observe(stage.current);
    return () => watch.disconnect();
  }, [stage]);
}

/** Plays the way from one scene to the next, when blocks were opened or closed. */
function useTravel(stage: React.RefObject<HTMLDivElement | null>, scene: Scene): void {
  const before = useRef(scene);
  useEffect(() => {
    const { boxes } = before.current;
    before.current = scene;
    const isSameCanvas = boxes[0]?.side === scene.boxes[0]?.side;
    if (stage.current && boxes !== scene.boxes && isSameCanvas)
      playLayout(stage.current, boxes, scene.boxes, useView.getState().anchorBlock);
  }, [stage, scene]);
}
