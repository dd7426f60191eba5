// The scene as components read it: new only when depth, expansion or split change.
import { useShallow } from 'zustand/react/shallow';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { useView } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { type Scene, sceneOf } from './scene.ts';

export function useScene(shape: DitShape): Scene {
  const view = useView(
    useShallow(({ expandedBlocks, expandedOperators, split }) => ({
      expandedBlocks,
      expandedOperators,
      split,
    })),
  );
  return useDocument((state) => sceneOf(shape, view, selectPlan(state)));
}
