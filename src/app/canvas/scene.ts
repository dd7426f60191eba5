// The nodes that React Flow shows: made from the model's depth, what is expanded and whether the canvas is split, and from
// nothing else, so that neither a lens nor a training step ever makes new ones.
import type { Node } from '@xyflow/react';
import type { Plan, SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotId } from '../../plan/slots.ts';
import { teacherPlan } from '../../store/costs.ts';
import { blockGraph, operatorGraph } from '../../store/pictures.ts';
import type { Side, ViewState } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { type BlockScene, blockScene } from './blockLayout.ts';
import {
  type Box,
  indexWidth,
  layout,
  type Measures,
  type Model,
  narrow,
  rowHeight,
  wide,
} from './layout.ts';
import { type PrimitiveScene, primitiveScene } from './primitiveLayout.ts';

export type SceneView = Pick<ViewState, 'expandedBlocks' | 'expandedOperators' | 'split'>;

export interface Scene {
  readonly boxes: readonly Box[];
  readonly nodes: Node[];
}

let last: { readonly inputs: readonly unknown[]; readonly scene: Scene } | null = null;

/** The very same scene as long as nothing that it is made of changes. */
export function sceneOf(shape: DitShape, view: SceneView, plan: Pick<Plan, 'slots'>): Scene {
  const { expandedBlocks, expandedOperators, split } = view;
  // Of the plan only the operators whose primitives are shown take room.
  const shown = expandedOperators.map((slot) => plan.slots[slot]);
  const inputs = [shape, expandedBlocks, expandedOperators, split, ...shown];
  if (last && last.inputs.length === inputs.length && last.inputs.every((input, at) => input === inputs[at]))
    return last.scene;
  const scene = makeScene(shape, view, plan);
  last = { inputs, scene };
  return scene;
}

function makeScene(
  shape: DitShape,
  { expandedBlocks, expandedOperators, split }: SceneView,
  plan: Pick<Plan, 'slots'>,
): Scene {
  const open = new Set(expandedBlocks);
  const inside = (block: number) =>
    (['attn', 'mlp'] as const)
      .map((part) => slotId(block, part))
      .filter((slot) => expandedOperators.includes(slot));
  const model = (side: Side): Model => ({
    side,
    depth: shape.depth,
    height: (block) => {
      if (!open.has(block)) return 0;
      const slots = slotsOn(side, split, plan);
      return blockInside(shape, slots, block, inside(block), split ? narrow : wide).height - rowHeight;
    },
  });
  // Both halves of a split give a block the room that the larger one needs, so that rows stay beside each other.
  const models = split ? levelled([model('left'), model('right')]) : [model('only')];
  const boxes = layout(models);
  const nodes = boxes.map(({ id, type, side, x, y, width, height, block }) => ({
    id,
    type,
    position: { x, y },
    width,
    height,
    data: { block, side },
  }));
  return { boxes, nodes };
}

function levelled(models: readonly Model[]): Model[] {
  return models.map((model) => ({
    ...model,
    height: (block) => Math.max(...models.map((each) => each.height(block))),
  }));
}

export function slotsOn(side: Side, split: ViewState['split'], plan: Pick<Plan, 'slots'>): Plan['slots'] {
  return (side === 'only' ? null : split?.[side].slots) ?? plan.slots;
}

export interface BlockInside extends BlockScene {
  readonly panels: readonly { readonly slot: SlotId; readonly y: number; readonly scene: PrimitiveScene }[];
}

/** Everything inside of an expanded block: its operations, and the primitives of the slots given, one below the other. */
export function blockInside(
  shape: DitShape,
  slots: Plan['slots'],
  block: number,
  expanded: readonly SlotId[],
  measures: Measures,
): BlockInside {
  const operations = blockScene(blockGraph(shape, slots, block), measures.block);
  let { height } = operations;
  const panels = expanded.map((slot) => {
    const scene = primitiveScene(primitivesOf(shape, slot, slots[slot]), panelWidth(measures));
    const y = height;
    height += scene.height;
    return { slot, y, scene };
  });
  return { ...operations, panels, height };
}

export function primitivesOf(shape: DitShape, slot: SlotId, held: SlotPlan | undefined) {
  const { operator, config } = held ?? teacherPlan(shape, slot);
  return operatorGraph(shape, slot, operator, config);
}

export const panelMargin = 12;

export function panelWidth({ block }: Measures): number {
  return block - indexWidth - panelMargin;
}
