import { beforeEach, expect, it } from 'vitest';
import { considerMeasuring, setBackgroundSearch } from './backgroundSearch.ts';
import { startOfSearch, useSearch } from './search.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { setSettings } from './settingsStore.ts';
import { scriptedTrainer, testModel } from './testing.ts';
import { connectTrainer } from './trainerSession.ts';
import { showDock } from './viewStore.ts';

const minute = 60_000;
const resting = { activeAt: 0, looks: true };
const trainer = () => {
  const found = { found: [], times: [], base: null, complete: false };
  const scripted = scriptedTrainer({ sensitivity: () => found });
  connectTrainer(scripted.start);
  return () =>
    scripted.asked.filter((asked) => asked.kind === 'sensitivity' && asked.effort === 'measure').length;
};

beforeEach(() => {
  useSearch.setState(startOfSearch);
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  setSettings({ dockOpen: true });
  setBackgroundSearch(true);
  showDock('run');
});

it('starts once a person has rested for a minute, and once for each choice of candidates', async () => {
  const started = trainer();
  await considerMeasuring(resting, minute - 1);
  expect(started()).toBe(0);
  await considerMeasuring(resting, minute);
  await considerMeasuring(resting, 2 * minute);
  expect(started()).toBe(1);
  useSearch.setState({ chosen: ['swa'] });
  await considerMeasuring(resting, 3 * minute);
  expect(started()).toBe(2);
});

it('starts sooner where the search is on show', async () => {
  const started = trainer();
  showDock('search');
  await considerMeasuring(resting, 5000);
  expect(started()).toBe(1);
});

it('waits for runs, pictures, other tabs and whoever looks elsewhere, and does as it is told', async () => {
  const started = trainer();
  await considerMeasuring({ activeAt: 0, looks: false }, minute);
  useSession.setState({ busy: { measuring: false, scoring: false, starting: true } });
  await considerMeasuring(resting, minute);
  useSession.setState({ busy: startOfSession.busy, status: { text: 'Drawing', fraction: null } });
  await considerMeasuring(resting, minute);
  const limits = { images: null, training: 'This model is not trained here.' };
  useSession.setState({ status: null, opening: { state: 'ready', model: { ...testModel, limits } } });
  await considerMeasuring(resting, minute);
  useSession.setState({ opening: { state: 'ready', model: testModel } });
  setBackgroundSearch(false);
  await considerMeasuring(resting, minute);
  expect(started()).toBe(0);
  setBackgroundSearch(true);
  await considerMeasuring(resting, minute);
  expect(started()).toBe(1);
});
