// Generated weights of the present plan beside the fitted operators that the generator was trained on, asked for when they
// are looked at.
import { create } from 'zustand';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import type { WrittenSlot } from '../workers/protocol.ts';
import { askTrainer } from './trainer/link.ts';

interface Written {
  /** Of the plan that was asked about. */
  readonly hash: string | null;
  /** Null until the trainer has answered. */
  readonly slots: readonly WrittenSlot[] | null;
}

export const useWritten = create<Written>(() => ({ hash: null, slots: null }));

/** A trainer that cannot answer leaves the pane empty; what is wrong with it is told elsewhere. */
export async function lookAtWritten(plan: Plan): Promise<void> {
  const hash = planHash(plan);
  if (useWritten.getState().hash === hash) return;
  useWritten.setState({ hash, slots: null });
  const slots = await askTrainer({ kind: 'written', plan }).catch(() => null);
  // Another plan may have been asked about meanwhile; what was not answered is asked again at the next look.
  if (useWritten.getState().hash === hash) useWritten.setState({ hash: slots && hash, slots });
}
