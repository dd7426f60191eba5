// `npm run bench [-- --json]`: one DiT train step on native ONNX Runtime, in Chromium on WebAssembly and WebGPU, and in
// jax-js; and the forward time of every operator.
import { parseOptions, runCommand } from './arguments.ts';
import { table } from './bench/report.ts';
import { runBench } from './bench/run.ts';
import { progressLine } from './progressLine.ts';

await runCommand(async () => {
  const { options } = parseOptions('bench', { rounds: 5, threads: 2, json: false });
  const line = progressLine();
  const report = await runBench({
    rounds: options.rounds,
    threads: options.threads,
    progress: (text) => line.show(text),
  });
  line.end();
  console.log(options.json ? JSON.stringify(report, undefined, 2) : table(report));
});
