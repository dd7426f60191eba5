// The weights on show, held against the trained ones; asked for only while a person looks at them.
import { sentence } from '../../lib/errors.ts';
import type { AdapterName } from '../../workers/generatorProtocol.ts';
import { adapterName } from './jobs.ts';
import { askGenerator } from './link.ts';
import { type InspectionState, type StylesPane, stylesInfo, useStyles } from './stylesStore.ts';

const set = useStyles.setState;

export async function showPane(pane: StylesPane): Promise<void> {
  set({ pane });
  if (pane === 'weights' && stylesInfo()) await inspect();
}

/** Holds the adapter on show against the trained ones. */
export async function inspect(): Promise<void> {
  const { inspection, refusal } = useStyles.getState();
  const name = shownAdapter();
  if (refusal !== null || (inspection?.state === 'done' && isSame(inspection.value.adapter, name))) return;
  set({ inspection: { state: 'working' } });
  const keep = (found: InspectionState) => {
    // Another adapter may be on show by now; its own inspection is on its way.
    if (isSame(shownAdapter(), name)) set({ inspection: found });
  };
  try {
    keep({ state: 'done', value: await askGenerator({ kind: 'inspect', adapter: name }) });
  } catch (error) {
    keep({ state: 'failed', sentence: sentence(error) });
  }
}

function shownAdapter(): AdapterName {
  const { wish, tuned } = useStyles.getState();
  return { ...adapterName(wish, wish.start), weights: tuned ? 'tuned' : 'start' };
}

function isSame(a: AdapterName, b: AdapterName): boolean {
  return a.phrase === b.phrase && a.start === b.start && a.seed === b.seed && a.weights === b.weights;
}
