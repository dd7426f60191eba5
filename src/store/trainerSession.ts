// The public face of trainer/, the conversation with the trainer: what the page asks of it, by question.
export { connectTrainer, restartTrainer, type StartTrainer } from './trainer/connect.ts';
export { storeDemoWeights } from './trainer/demoWeights.ts';
export { exportModel, importFile } from './trainer/files.ts';
export {
  cancelRun,
  continueRun,
  flushRun,
  type GraftStart,
  graft,
  pauseRun,
  resumeRun,
} from './trainer/graft.ts';
export { leaveWork, takeUpWork } from './trainer/handingOver.ts';
export { askTrainer } from './trainer/link.ts';
export { checkSelfGraft, measure, score, stopScoring } from './trainer/measuring.ts';
export { openModel } from './trainer/opening.ts';
export { setPace } from './trainer/pace.ts';
export { drawMissingPictures, sampleBoth, sampleGraft } from './trainer/pictures.ts';
export { type Remedy, remedyOf } from './trainer/remedies.ts';
export {
  discardRun,
  hasWeights,
  isTraining,
  leaveRun,
  offerUnfinished,
  refreshRuns,
  savedWords,
  showResultsOf,
} from './trainer/runs.ts';
export {
  deleteKeptPictures,
  deleteStored,
  refreshStorage,
  type StorageState,
  useStorage,
} from './trainer/storage.ts';
