// Commands on what a run left: curves, comparison, log, and the room they get.

import { type Mode, setMode, useComparison } from '../../store/comparison.ts';
import { clearLog, logText, useLog } from '../../store/log.ts';
import { setScrubStep, useSession } from '../../store/sessionStore.ts';
import { setSettings, useSettings } from '../../store/settingsStore.ts';
import { type DockTab, showDock } from '../../store/viewStore.ts';
import { curveRuns, visibleRuns } from '../dock/curves/curveRuns.ts';
import { curvesCsv } from '../dock/curves/curvesCsv.ts';
import { isZoomed, type Metric, resetZoom, setMetric, useCurveView } from '../dock/curves/curveView.ts';
import { setEnlarged, useEnlarged } from '../dock/enlarged.ts';
import { copyText } from '../parts/copyText.ts';
import { always, type Command } from './command.ts';

function open(tab: DockTab): void {
  setSettings({ dockOpen: true });
  showDock(tab);
}

const room: readonly Command[] = [
  {
    id: 'view.enlargeDock',
    title: 'Enlarge or shrink the dock',
    group: 'View',
    keys: ['~'],
    keywords: 'maximise full screen',
    unavailable: always,
    run: () => {
      setSettings({ dockOpen: true });
      setEnlarged(!useEnlarged.getState().enlarged);
    },
  },
  {
    id: 'view.compare',
    title: 'Show the comparison',
    group: 'View',
    keys: [],
    keywords: 'wipe flicker difference pictures',
    unavailable: always,
    run: () => open('compare'),
  },
  {
    id: 'view.log',
    title: 'Show the log',
    group: 'View',
    keys: [],
    keywords: 'events history messages',
    unavailable: always,
    run: () => open('log'),
  },
  {
    id: 'log.copy',
    title: 'Copy the log',
    group: 'View',
    keys: [],
    unavailable: () => (useLog.getState().entries.length > 0 ? null : 'the log is empty'),
    run: () => void copyText(logText(useLog.getState().entries), 'The log is copied.'),
  },
  {
    id: 'log.clear',
    title: 'Clear the log',
    group: 'View',
    keys: [],
    unavailable: () => (useLog.getState().entries.length > 0 ? null : 'the log is empty'),
    run: clearLog,
  },
];

const needsCurves = () => (curveRuns(useSession.getState()).length > 0 ? null : 'there are no curves yet');

const metrics: readonly { readonly metric: Metric; readonly title: string }[] = [
  { metric: 'loss', title: 'Curves: show the loss' },
  { metric: 'error', title: 'Curves: show the held-out error' },
  { metric: 'timestep', title: 'Curves: show the error by timestep' },
];

const curves: readonly Command[] = [
  ...metrics.map(({ metric, title }) => ({
    id: `curves.${metric}`,
    title,
    group: 'View' as const,
    keys: [],
    unavailable: always,
    run: () => {
      open('curves');
      setMetric(metric);
    },
  })),
  {
    id: 'curves.table',
    title: 'Curves: show lines or a table',
    group: 'View',
    keys: [],
    icon: 'table',
    keywords: 'numbers screen reader',
    unavailable: always,
    run: () => {
      open('curves');
      useCurveView.setState(({ asTable }) => ({ asTable: !asTable }));
    },
  },
  {
    id: 'curves.log',
    title: 'Curves: logarithmic or linear axis',
    group: 'View',
    keys: [],
    unavailable: always,
    run: () => setSettings({ logScale: !useSettings.getState().logScale }),
  },
  {
    id: 'curves.reset',
    title: 'Curves: show all steps again',
    group: 'View',
    keys: [],
    unavailable: () => (isZoomed(useCurveView.getState()) ? null : 'all steps are shown'),
    run: resetZoom,
  },
  {
    id: 'curves.copy',
    title: 'Curves: copy all points as CSV',
    group: 'View',
    keys: [],
    keywords: 'spreadsheet export numbers',
    unavailable: needsCurves,
    run: () => {
      const shown = visibleRuns(curveRuns(useSession.getState()), useCurveView.getState().hidden);
      void copyText(
        curvesCsv(shown, useSettings.getState().smoothing),
        'The points of all runs on show are copied as CSV.',
      );
    },
  },
];

const needsPictures = () => {
  const { base } = useSession.getState().strips;
  return base?.state === 'done' ? null : 'the pictures of the original are still being drawn';
};

const modes: readonly { readonly mode: Mode; readonly title: string }[] = [
  { mode: 'sides', title: 'Compare: side by side' },
  { mode: 'wipe', title: 'Compare: wipe' },
  { mode: 'flicker', title: 'Compare: flicker' },
  { mode: 'difference', title: 'Compare: difference' },
];

/** From noise to picture; the last step is the one that stays when others are drawn. */
function stepBy(by: 1 | -1): void {
  const { scrubStep, strips } = useSession.getState();
  const steps = strips.base?.job.steps ?? 1;
  const next = Math.min(steps, Math.max(1, (scrubStep ?? steps) + by));
  setScrubStep(next === steps ? null : next);
}

const compare: readonly Command[] = [
  ...modes.map(({ mode, title }) => ({
    id: `compare.${mode}`,
    title,
    group: 'View' as const,
    keys: [],
    unavailable: always,
    run: () => {
      open('compare');
      setMode(mode);
    },
  })),
  {
    id: 'compare.play',
    title: 'Compare: play the denoising',
    group: 'View',
    keys: [],
    icon: 'play',
    unavailable: needsPictures,
    run: () => {
      open('compare');
      const { playing } = useComparison.getState();
      const { scrubStep } = useSession.getState();
      if (!playing && scrubStep === null) setScrubStep(1);
      useComparison.setState({ playing: !playing });
    },
  },
  {
    id: 'compare.next',
    title: 'Compare: next denoising step',
    group: 'View',
    keys: [],
    unavailable: needsPictures,
    run: () => stepBy(1),
  },
  {
    id: 'compare.previous',
    title: 'Compare: previous denoising step',
    group: 'View',
    keys: [],
    unavailable: needsPictures,
    run: () => stepBy(-1),
  },
  {
    id: 'compare.identity',
    title: 'Compare: check the identity copy',
    group: 'View',
    keys: [],
    keywords: 'control zero difference self-graft',
    unavailable: needsPictures,
    run: () => {
      open('compare');
      void import('../../store/drawSides.ts').then(({ checkIdentity }) => checkIdentity());
    },
  },
];

export const resultCommands: readonly Command[] = [...room, ...curves, ...compare];
