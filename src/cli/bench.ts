// `npm run bench [-- --json]`: one DiT train step on native ONNX Runtime, in Chromium on WebAssembly and WebGPU, and in
// jax-js; and the forward time of every operator. `npm run bench -- --suite editor`: frames while panning the canvas.

import { UserError } from '../lib/errors.ts';
import { parseOptions, runCommand } from './arguments.ts';
import { benchCanvas, canvasTable } from './bench/canvas/run.ts';
import { table } from './bench/report.ts';
import { runBench } from './bench/run.ts';
import { progressLine } from './progressLine.ts';

await runCommand(async () => {
  const { options } = parseOptions('bench', { suite: 'engine', rounds: 5, threads: 2, json: false });
  const line = progressLine();
  const print = <R>(report: R, asText: (report: R) => string) => {
    line.end();
    console.log(options.json ? JSON.stringify(report, undefined, 2) : asText(report));
  };
  const progress = (text: string) => line.show(text);
  const { rounds, threads } = options;
  if (options.suite === 'editor') print(await benchCanvas(rounds, progress), canvasTable);
  else if (options.suite === 'engine') print(await runBench({ rounds, threads, progress }), table);
  else throw new UserError(`bench: --suite is engine or editor, got "${options.suite}".`);
});
