// The benchmark's results: the JSON format, its ratios, and the table that people read.
import type { ContestantName, OperatorTime } from './contestant.ts';
import { median } from './operators.ts';
import type { Workload } from './workload.ts';

/**
 * What `npm run bench -- --json` prints. `version` grows when a field changes its meaning or goes; fields may be added.
 */
export interface BenchReport {
  readonly version: 1;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly node: string;
    readonly chromium: string;
  };
  readonly workload: Workload;
  readonly results: readonly BenchResult[];
  readonly ratios: {
    /** GFLOP/s in Chromium on WebAssembly over native ones, median of the rounds. */
    readonly wasmToNative: number;
    /** The same over those of jax-js. */
    readonly wasmToJax: number;
  };
  /** Forward pass of one image through one operator. */
  readonly operators: readonly (OperatorTime & { readonly name: ContestantName })[];
}

export interface BenchResult {
  readonly name: ContestantName;
  readonly description: string;
  readonly threads: number;
  /** Images of a step. */
  readonly batch: number;
  /** Steps that were timed. */
  readonly steps: number;
  /** Median of a step. */
  readonly msPerStep: number;
  readonly gflops: number;
  /** From nothing loaded to the end of the first step. */
  readonly firstStepMs: number;
  /** The process for `native`; WebAssembly memory and GPU buffers in Chromium. */
  readonly peakBytes: number;
  /** Loss of the first timed step, for seeing that all compute the same. */
  readonly loss: number;
}

/** Times of one contestant, one list a round. */
export type Rounds = readonly (readonly number[])[];

/** How many times faster `a` is than `b`: the median over rounds, in which both ran one after the other. */
export function speedRatio(a: Rounds, b: Rounds): number {
  return median(a.map((times, round) => median(b[round] ?? []) / median(times)));
}

export function gflops(workload: Workload, batch: number, ms: number): number {
  return (workload.gflopPerImage * batch) / (ms / 1000);
}

export function table(report: BenchReport): string {
  const { workload, machine, ratios } = report;
  const step = (workload.gflopPerImage * (report.results[0]?.batch ?? 0)).toFixed(1);
  return [
    `DiT train step, forward + backward + AdamW: ${(workload.parameters / 1e6).toFixed(2)} M parameters, ` +
      `${workload.tokens} tokens, width ${workload.width}, depth ${workload.depth}, ${step} GFLOP`,
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, Chromium ${machine.chromium}`,
    '',
    row(['', 'batch', 'ms/step', 'GFLOP/s', 'first step', 'peak', 'loss', 'runtime']),
    ...report.results.map((result) =>
      row([
        result.name,
        String(result.batch),
        result.msPerStep.toFixed(0),
        result.gflops.toFixed(1),
        `${(result.firstStepMs / 1000).toFixed(1)} s`,
        `${(result.peakBytes / 2 ** 20).toFixed(0)} MiB`,
        result.loss.toPrecision(6),
        result.description,
      ]),
    ),
    '',
    `WebAssembly / native   ${ratios.wasmToNative.toFixed(2)}`,
    `WebAssembly / jax-js   ${ratios.wasmToJax.toFixed(2)}`,
    '',
    ...operatorTable(report),
  ].join('\n');
}

function operatorTable({ operators }: BenchReport): string[] {
  const names = [...new Set(operators.map(({ name }) => name))];
  const tokens = [...new Set(operators.map((time) => time.tokens))];
  const columns = names.flatMap((name) => tokens.map((count) => ({ name, count })));
  const ids = [...new Set(operators.map(({ operator }) => operator))];
  const cell = (id: string, name: string, count: number) =>
    operators.find((time) => time.operator === id && time.name === name && time.tokens === count);
  return [
    'Forward pass of one image, ms',
    row(['', ...columns.map(({ name, count }) => `${name} ${count}`)]),
    ...ids.map((id) =>
      row([id, ...columns.map(({ name, count }) => cell(id, name, count)?.ms.toFixed(2) ?? '')]),
    ),
  ];
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(12) : i === 7 ? cell : cell.padStart(11)))
    .join(' ')
    .trimEnd();
}
