// How images are drawn where nobody chose: in the app, on the command line, and for every published score.
// Guidance 3 gives the bundled base its best share of images of the intended class (its model card has the figures).
export const sampleDefaults: {
  readonly guidance: number;
  readonly steps: number;
  readonly firstSeed: number;
} = { guidance: 3, steps: 20, firstSeed: 0 };
