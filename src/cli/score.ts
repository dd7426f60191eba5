// `npm run score`: draws images of a base and scores them: FD (Fashion-MNIST CNN) and images of their intended class.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageScorer } from '../metrics/imageScores.ts';
import { sampleDefaults } from '../models/sampleDefaults.ts';
import { baseFromSafetensors, bundlePaths, loadScorerFiles } from '../train/bundle.ts';
import { scoreModel } from '../train/scoring.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { engineNamed } from './engines.ts';
import { duration, progressLine } from './progressLine.ts';

const defaults = {
  model: join('public', bundlePaths.base),
  engine: 'onnx',
  samples: 2000,
  guidance: sampleDefaults.guidance,
  steps: sampleDefaults.steps,
  'first-seed': sampleDefaults.firstSeed,
  threads: 0,
};

runCommand(async () => {
  const { options } = parseOptions('score', defaults);
  const engine = await engineNamed(options.engine, options.threads);
  const base = await baseFromSafetensors(await readFile(options.model), options.model);
  const read = async (name: string) => new Uint8Array(await readFile(join('public', name)));
  const scorer = await ImageScorer.create(engine, await loadScorerFiles(read));
  const line = progressLine();
  const started = Date.now();
  const { samples, guidance, steps } = options;
  const scores = await scoreModel(engine, scorer, base.frame, {}, base.weights, {
    samples,
    guidance,
    steps,
    batch: 50,
    firstSeed: options['first-seed'],
    onProgress: (done) => {
      const left = ((Date.now() - started) / 1000 / done) * (samples - done);
      line.show(`${done}/${samples} images · ${duration(left)} left`);
      return 'go';
    },
  });
  line.end();
  console.log(JSON.stringify({ model: options.model, samples, guidance, steps, ...scores }));
});
