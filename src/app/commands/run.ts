// Commands for the trainer: graft, pause, stop, pictures, measurements.
import { graftedSlots } from '../../plan/edits.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { graftOntoItself } from '../../store/selfGraft/selfGraft.ts';
import { model, useSession } from '../../store/sessionStore.ts';
import { useSettings } from '../../store/settingsStore.ts';
import { isLookingOn } from '../../store/tabs.ts';
import {
  cancelRun,
  checkSelfGraft,
  continueRun,
  graft,
  hasWeights,
  isTraining,
  measure,
  pauseRun,
  resumeRun,
  sampleBoth,
  sampleGraft,
  score,
  setPace,
  stopScoring,
} from '../../store/trainerSession.ts';
import { openDialog, say, showDock } from '../../store/viewStore.ts';
import { isHeld } from '../../workers/protocol.ts';
import { always, type Command } from './command.ts';

/** Pictures per side for the Fréchet distance that the button asks for: enough to rank plans, minutes not hours. */
export const distanceSamples = 500;

const needsModel = () => (model() ? null : 'the model is still opening');
const needsRun = () => (isTraining() ? null : 'no run is going on');
const needsTab = () => needsModel() ?? (isLookingOn() ? 'the project is open in another tab' : null);
const needsRest = () => needsTab() ?? (isTraining() ? 'a run is going on' : null);
const needsGrafts = () =>
  needsModel() ?? (graftedSlots(currentPlan()).length > 0 ? null : 'put an operator on a slot first');
const needsImages = () => (model()?.limits?.images ? 'this model draws no images here' : null);
const needsTraining = () => (model()?.limits?.training ? 'this model is not trained or scored here' : null);
const needsWeights = () => needsRest() ?? (hasWeights(currentPlan()) ? null : 'graft this plan first');

export const runCommands: readonly Command[] = [
  {
    id: 'run.graft',
    title: 'Graft: distill and fine-tune this plan',
    group: 'Run',
    keys: ['Mod+Enter'],
    icon: 'graft',
    keywords: 'train start distill stage 1 stage 2',
    unavailable: () =>
      needsRest() ??
      needsTraining() ??
      (graftedSlots(currentPlan()).length > 0 ? null : 'put an operator on a slot first'),
    run: () => void graft('start'),
  },
  {
    id: 'run.selfGraft',
    title: 'Run the self-graft baseline: the same slots, each with its own operator, from random weights',
    group: 'Run',
    keys: [],
    keywords: 'control self-graft dashed line teacher again',
    unavailable: () => needsRest() ?? needsTraining() ?? needsGrafts(),
    run: () => {
      const open = model();
      if (open) void graftOntoItself(open.config);
    },
  },
  {
    id: 'run.pause',
    title: 'Pause or continue the run',
    group: 'Run',
    keys: ['P'],
    icon: 'pause',
    unavailable: needsRun,
    run: () => void (isHeld(useSession.getState().run?.state) ? continueRun() : pauseRun()),
  },
  {
    id: 'run.pace',
    title: 'Runs: full speed, or keep the page smooth',
    group: 'Run',
    keys: [],
    keywords: 'pace throttle slow background responsive gpu rest',
    unavailable: always,
    run: () => {
      const pace = useSettings.getState().pace === 'full' ? 'smooth' : 'full';
      void setPace(pace);
      say(
        pace === 'full'
          ? 'Runs take all of the device again.'
          : 'Runs rest a quarter of the time from now on, so that the page and other programs stay quick.',
      );
    },
  },
  {
    id: 'run.stop',
    title: 'Stop the run and keep the best weights',
    group: 'Run',
    keys: ['Mod+Alt+Enter'],
    icon: 'stop',
    keywords: 'cancel end',
    unavailable: needsRun,
    run: () => void cancelRun(),
  },
  {
    id: 'run.resume',
    title: 'Resume the unfinished run',
    group: 'Run',
    keys: [],
    icon: 'play',
    unavailable: () => needsRest() ?? (useSession.getState().resumable ? null : 'there is none'),
    run: () => {
      const { resumable } = useSession.getState();
      if (resumable) void resumeRun(resumable);
    },
  },
  {
    id: 'run.sample',
    title: 'Draw the pictures again',
    group: 'Run',
    keys: [],
    icon: 'play',
    keywords: 'sample images generate',
    unavailable: () => needsRest() ?? needsImages(),
    run: () => {
      showDock('images');
      void sampleBoth();
    },
  },
  {
    id: 'run.preview',
    title: 'Draw the graft with the weights that it has now',
    group: 'Run',
    keys: [],
    icon: 'play',
    keywords: 'preview untrained start best so far sample images',
    unavailable: () => needsGrafts() ?? needsImages(),
    run: () => {
      showDock('images');
      void sampleGraft();
    },
  },
  {
    id: 'run.measure',
    title: 'Measure milliseconds, original against graft',
    group: 'Run',
    keys: [],
    keywords: 'benchmark time speed',
    unavailable: needsRest,
    run: () => void measure(),
  },
  {
    id: 'run.distance',
    title: 'Measure FD (Fashion-MNIST CNN)',
    group: 'Run',
    keys: [],
    keywords: 'frechet distance quality score',
    unavailable: () =>
      needsTraining() ?? needsWeights() ?? (useSession.getState().busy.scoring ? 'it is going on' : null),
    run: () => void score(distanceSamples),
  },
  {
    id: 'run.stopDistance',
    title: 'Stop measuring the distance',
    group: 'Run',
    keys: [],
    icon: 'stop',
    keywords: 'cancel frechet fd',
    unavailable: () => (useSession.getState().busy.scoring ? null : 'no distance is being measured'),
    run: () => void stopScoring(),
  },
  {
    id: 'run.identity',
    title: 'Check the identity: graft every slot onto itself and measure the deviation',
    group: 'Run',
    keys: [],
    keywords: 'control self-graft baseline zero difference verify',
    unavailable: needsRest,
    run: () => void checkSelfGraft(),
  },
  {
    id: 'run.storage',
    title: 'Show what uses the space of this browser…',
    group: 'Run',
    keys: [],
    keywords: 'storage quota disk delete free runs checkpoints',
    unavailable: needsModel,
    run: () => openDialog({ kind: 'storage' }),
  },
];
