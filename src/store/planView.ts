// How the tree of plans is looked at: which figure stands beside each plan, and which two are compared.
import { create } from 'zustand';
import type { NodeId } from '../plan/history.ts';

export type PlanMetric = 'distance' | 'macs' | 'parameters' | 'milliseconds';

export interface PlanView {
  readonly metric: PlanMetric;
  /** Every edit is a row; otherwise only plans that matter. */
  readonly everyEdit: boolean;
  /** The plans whose difference is listed; null stands for the present plan. */
  readonly before: NodeId | null;
  readonly after: NodeId | null;
  /** The plan whose name is being typed. */
  readonly renaming: NodeId | null;
  /** The name of the project is being typed. */
  readonly namingProject: boolean;
}

/** Against the root, which is never deleted. */
export const usePlanView = create<PlanView>()(() => ({
  metric: 'distance',
  everyEdit: false,
  before: 0,
  after: null,
  renaming: null,
  namingProject: false,
}));

export function compareWithPresent(before: NodeId): void {
  usePlanView.setState({ before, after: null });
}
