// Runs the contestants in turns: what else the machine does in a while then touches all of them alike.
import { cpus, totalmem } from 'node:os';
import { known } from '../../lib/errors.ts';
import type { ContestantName, Opened, OperatorTime } from './contestant.ts';
import { type Browser, type Host, nativeHost, startBrowser } from './hosts.ts';
import { median } from './operators.ts';
import { type BenchReport, type BenchResult, gflops, type Rounds, speedRatio } from './report.ts';
import { benchBatch, workload } from './workload.ts';

export interface BenchOptions {
  readonly rounds: number;
  readonly threads: number;
  readonly progress: (text: string) => void;
}

/** Steps of one turn: about as long a turn for each. */
const stepsPerTurn: Record<Exclude<ContestantName, 'webgpu'>, number> = { native: 6, wasm: 3, jax: 1 };

export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const browser = await startBrowser();
  try {
    const { results, rounds, operators } = await race(browser, options);
    const webgpu = await runWebgpu(browser, options);
    const of = (name: ContestantName) => known(rounds.get(name), name);
    return {
      version: 1,
      machine: {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: cpus().length,
        memoryBytes: totalmem(),
        node: process.versions.node,
        chromium: browser.version,
      },
      workload: workload(),
      results: webgpu ? [...results, webgpu] : results,
      ratios: {
        wasmToNative: speedRatio(of('wasm'), of('native')),
        wasmToJax: speedRatio(of('wasm'), of('jax')),
      },
      operators,
    };
  } finally {
    await browser.close();
  }
}

async function race(browser: Browser, { rounds: count, threads, progress }: BenchOptions) {
  const names = ['native', 'wasm', 'jax'] as const;
  const hosts = new Map<ContestantName, Host>();
  const opened = new Map<ContestantName, Opened>();
  const rounds = new Map<ContestantName, number[][]>(names.map((name) => [name, []]));
  const losses = new Map<ContestantName, number>();
  try {
    for (const name of names) {
      progress(`${name}: first step`);
      const host = name === 'native' ? nativeHost() : await browser.open();
      hosts.set(name, host);
      opened.set(name, await host.ask<'open'>({ kind: 'open', name, batch: benchBatch, threads }));
    }
    for (let round = 0; round < count; round++) {
      for (const name of names) {
        progress(`round ${round + 1} of ${count}: ${name}`);
        const steps = await known(hosts.get(name), name).ask<'steps'>({
          kind: 'steps',
          count: stepsPerTurn[name],
        });
        rounds.get(name)?.push([...steps.ms]);
        if (round === 0) losses.set(name, steps.loss);
      }
    }
    const results: BenchResult[] = [];
    const operators: (OperatorTime & { name: ContestantName })[] = [];
    for (const name of names) {
      const host = known(hosts.get(name), name);
      const peakBytes = await host.ask<'peak'>({ kind: 'peak' });
      const times = known(rounds.get(name), name).flat();
      results.push(
        result(name, known(opened.get(name), name), times, {
          threads,
          batch: benchBatch,
          peakBytes,
          loss: known(losses.get(name), name),
        }),
      );
      if (name === 'jax') continue;
      progress(`${name}: operators`);
      for (const time of await host.ask<'operators'>({ kind: 'operators' }))
        operators.push({ name, ...time });
    }
    return { results, rounds: rounds as ReadonlyMap<ContestantName, Rounds>, operators };
  } finally {
    for (const host of hosts.values()) await host.close();
  }
}

function result(
  name: ContestantName,
  { description, firstStepMs }: Opened,
  ms: readonly number[],
  facts: Pick<BenchResult, 'threads' | 'batch' | 'peakBytes' | 'loss'>,
): BenchResult {
  const msPerStep = median(ms);
  return {
    name,
    description,
    steps: ms.length,
    msPerStep,
    gflops: gflops(workload(), facts.batch, msPerStep),
    firstStepMs,
    ...facts,
  };
}

/** Apart from the others: a software GPU takes a minute for what they do in a second, so it trains on one image. */
async function runWebgpu(
  browser: Browser,
  { rounds, threads, progress }: BenchOptions,
): Promise<BenchResult | undefined> {
  const host = await browser.open();
  try {
    progress('webgpu: first step');
    const adapter = await host.ask<'adapter'>({ kind: 'adapter' });
    if (adapter === 'none') return undefined;
    const batch = adapter === 'software' ? 1 : benchBatch;
    const opened = await host.ask<'open'>({ kind: 'open', name: 'webgpu', batch, threads });
    progress('webgpu: steps');
    const { ms, loss } = await host.ask<'steps'>({ kind: 'steps', count: Math.max(2, rounds) });
    const peakBytes = await host.ask<'peak'>({ kind: 'peak' });
    const description = adapter === 'software' ? `${opened.description} (software)` : opened.description;
    return result('webgpu', { ...opened, description }, ms, { threads: 1, batch, peakBytes, loss });
  } finally {
    await host.close();
  }
}
