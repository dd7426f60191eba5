// What the page writes itself, of what it shows: pictures and the report. Each is read back before it is offered.
import { planHash } from '../../plan/hash.ts';
import { currentPlan } from '../documentStore.ts';
import { useSession } from '../sessionStore.ts';
import { exported } from '../trainer/files.ts';

export type PageExport = 'png' | 'html';

export async function exportPage(kind: PageExport): Promise<void> {
  const plan = currentPlan();
  await exported(kind, plan, async () => {
    // The writers are needed once something is exported, not before.
    if (kind === 'png') {
      const { pictureGridFile } = await import('./pictureGrid.ts');
      return pictureGridFile(plan, useSession.getState().strips, planHash(plan));
    }
    const { reportFile } = await import('./reportFile.ts');
    return reportFile();
  });
}
