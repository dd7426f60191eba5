// Commands of the search over plans: measure, stop, load the best plan, replace the safest slots, check a plan.
import { graftedSlots } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import { candidateKey } from '../../plan/search/candidate.ts';
import { allSlots } from '../../plan/slots.ts';
import { setBackgroundSearch } from '../../store/backgroundSearch.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { changeIn, useSearch } from '../../store/search.ts';
import { chosenCandidates, searchNow } from '../../store/searchPlans.ts';
import {
  checkPlan,
  loadPoint,
  measureSensitivities,
  replaceSafest,
  stopSensitivities,
} from '../../store/searchSession.ts';
import { model } from '../../store/sessionStore.ts';
import { useSettings } from '../../store/settingsStore.ts';
import { isTraining } from '../../store/trainerSession.ts';
import { showDock } from '../../store/viewStore.ts';
import { always, type Command } from './command.ts';

const needsModel = () => (model() ? null : 'the model is still opening');
const isMeasuring = () => useSearch.getState().job.state === 'measuring';
const present = () => {
  const info = model();
  return info ? searchNow(info.config, useSearch.getState()) : null;
};
const needsSearch = () => needsModel() ?? (present() ? null : 'measure the sensitivity of slots first');

/** The candidate of "replace the safest": the one that was picked, else the first that was measured. */
function safestCandidate() {
  const info = model();
  if (!info) return undefined;
  const { chosen, sensitivities, safest } = useSearch.getState();
  const changeOf = changeIn(sensitivities);
  const measured = chosenCandidates(info.config, chosen).filter((candidate) =>
    allSlots(info.config.depth).some((slot) => changeOf(slot, candidate) !== undefined),
  );
  return measured.find((candidate) => candidateKey(candidate) === safest.candidate) ?? measured[0];
}

export const searchCommands: readonly Command[] = [
  {
    id: 'search.measure',
    title: 'Measure the sensitivity of every slot',
    group: 'Run',
    keys: [],
    icon: 'play',
    keywords: 'search pareto damage output change background',
    unavailable: () => needsModel() ?? (isMeasuring() ? 'it is being measured' : null),
    run: () => {
      showDock('search');
      void measureSensitivities();
    },
  },
  {
    id: 'search.stop',
    title: 'Stop measuring sensitivities',
    group: 'Run',
    keys: [],
    icon: 'stop',
    unavailable: () => (isMeasuring() ? null : 'nothing is being measured'),
    run: () => void stopSensitivities(),
  },
  {
    id: 'search.byItself',
    title: 'Measure sensitivities by itself, or only when asked',
    group: 'Run',
    keys: [],
    keywords: 'search background idle automatic',
    unavailable: always,
    run: () => setBackgroundSearch(!useSettings.getState().searchInBackground),
  },
  {
    id: 'search.loadBest',
    title: 'Load the best plan within the budget',
    group: 'Edit',
    keys: [],
    icon: 'graft',
    keywords: 'search pareto macs parameters latency',
    unavailable: () => needsSearch() ?? (present()?.best == null ? 'no plan meets this budget' : null),
    run: () => {
      const search = present();
      if (search?.best == null) return;
      const { saving } = useSearch.getState().budget;
      loadPoint(search, search.best, `at least ${saving} % saved`);
    },
  },
  {
    id: 'search.safest',
    title: 'Replace the operator of the safest slots',
    group: 'Edit',
    keys: [],
    icon: 'graft',
    keywords: 'search sensitivity least',
    unavailable: () => needsModel() ?? (safestCandidate() ? null : 'measure the sensitivity of slots first'),
    run: () => {
      const candidate = safestCandidate();
      if (candidate) replaceSafest(candidate, useSearch.getState().safest.count);
    },
  },
  {
    id: 'search.check',
    title: 'Measure how much this plan changes the output',
    group: 'Run',
    keys: [],
    keywords: 'search prediction check damage',
    unavailable: () => {
      if (isTraining()) return 'a run is going on';
      if (graftedSlots(currentPlan()).length === 0) return 'nothing is grafted';
      const { checking, changes } = useSearch.getState();
      if (checking !== null) return 'a plan is being measured';
      return needsModel() ?? (changes[planHash(currentPlan())]?.start != null ? 'it is measured' : null);
    },
    run: () => {
      showDock('search');
      void checkPlan(currentPlan());
    },
  },
];
