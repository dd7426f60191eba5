// The talk with the generator worker: what the Styles sheet asks of it, by question.
export { stopDrawing, wishFor } from './drawing.ts';
export { showPane } from './inspecting.ts';
export { openStyles } from './opening.ts';
export { stopTuning, tuneHere } from './tuning.ts';
