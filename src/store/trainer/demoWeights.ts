// The demo's weights become a stored result, so that its plan can be compared, bypassed and exported like any grafted plan.
import { keepWeightsTime, useDemo } from '../demo/demo.ts';
import { fetchDemoFile, type ReadDemoFile } from '../demo/demoFiles.ts';
import { model, useSession } from '../sessionStore.ts';
import { askTrainer } from './link.ts';
import { refreshRuns } from './runs.ts';

/** Once, where the demo is shown and this browser has no result of its plan. */
export async function storeDemoWeights(read: ReadDemoFile = fetchDemoFile): Promise<void> {
  const { demo, weightsSavedAt } = useDemo.getState();
  if (!demo?.weights || weightsSavedAt !== null || model()?.id !== demo.plan.base) return;
  if (useSession.getState().storedRuns.some(({ planHash }) => planHash === demo.hash)) return;
  try {
    const file = new File([await read(demo.weights.file)], demo.weights.file);
    await askTrainer({ kind: 'import', file });
    const runs = await askTrainer({ kind: 'runs' });
    const stored = runs.find(({ planHash }) => planHash === demo.hash);
    if (stored) keepWeightsTime(stored.savedAt);
    await refreshRuns();
  } catch {
    // No room, or no network: figures and precomputed pictures stay, and grafting the plan gives weights of one's own.
  }
}
