// A trainer for tests: the real one on Node's ONNX Runtime with a tiny model, real images, and a store in memory.
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { type OnnxEngine, onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { randomStream } from '../../lib/random.ts';
import { standardFrame } from '../../models/fixedTables.ts';
import { metadataOf } from '../../models/metadata.ts';
import { emptyPlan, type Plan } from '../../plan/plan.ts';
import { memoryStore } from '../../storage/memoryStore.ts';
import type { RecordStore } from '../../storage/recordStore.ts';
import { bundledBase, bundlePaths } from '../../train/bundle.ts';
import type { ReadFile } from '../../train/dataset.ts';
import { freshDit } from '../../train/freshDit.ts';
import type { TrainerEvent, TrainerReplies, TrainerRequest } from '../protocol.ts';
import { testLine } from '../testLine.ts';
import type { DrawnIntervals } from './paced.ts';
import { Trainer } from './trainer.ts';

export const tinyShape = {
  inputSize: 32,
  patchSize: 8,
  channels: 1,
  width: 32,
  depth: 2,
  heads: 2,
  mlpRatio: 4,
  classes: 10,
  learnSigma: true,
};

/** Random weights everywhere: freshly built blocks would be the identity, with nothing to distill. */
export function tinyFile(): Uint8Array {
  const weights = freshDit(tinyShape, 1);
  for (const [name, { data }] of Object.entries(weights)) {
    const noise = randomStream(2, name).normal(new Float32Array(data.length));
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 0.05 * (noise[i] ?? 0);
  }
  const tensors = { ...weights, pos_embed: standardFrame(tinyShape).position };
  return writeSafetensors(tensors, metadataOf(tinyShape), { dtype: 'f32' });
}

export const tinyPlan: Plan = {
  ...emptyPlan(bundledBase.id),
  slots: {
    'blocks.0.attn': { operator: 'swa', config: { window: 2, shape: 'raster' }, initialisation: 'random' },
    'blocks.1.mlp': { operator: 'mlp', config: { ratio: 3 }, initialisation: 'inherit' },
  },
  stage1: { ...emptyPlan('').stage1, steps: 120, batch: 8, stopWhenFlat: false },
  stage2: { ...emptyPlan('').stage2, steps: 80, batch: 8, warmupSteps: 2 },
};

export type Failure = { readonly message: string; readonly action: string | null };

export interface TestTrainer {
  readonly events: TrainerEvent[];
  readonly gaveUp: unknown[];
  /** @throws a UserError that carries what the page would be told */
  ask<K extends TrainerRequest['kind']>(
    request: Extract<TrainerRequest, { readonly kind: K }>,
  ): Promise<TrainerReplies[K]>;
  /** Resolves with the first event, old or new, that fits. */
  event<K extends TrainerEvent['kind']>(
    kind: K,
    fits?: (event: Extract<TrainerEvent, { readonly kind: K }>) => boolean,
  ): Promise<Extract<TrainerEvent, { readonly kind: K }>>;
}

export interface TestParts {
  readonly store?: RecordStore;
  /** Stands between the trainer and Node's engine, to break it. */
  readonly engine?: (real: OnnxEngine) => OnnxEngine;
  readonly read?: (path: string) => Promise<Uint8Array> | undefined;
  /** How often a run's progress is told; without it, every step, so that no test depends on the machine's speed. */
  readonly drawnIntervals?: DrawnIntervals;
}

/** @param readPublic reads a file that ships with the program */
export function testBench(readPublic: ReadFile) {
  const start = (parts: TestParts = {}) => testTrainer(readPublic, parts);
  return {
    testTrainer: start,
    async openedTrainer(parts: TestParts = {}): Promise<TestTrainer> {
      const trainer = start(parts);
      await trainer.ask({ kind: 'open', source: { kind: 'bundled' }, engine: 'auto' });
      return trainer;
    },
  };
}

function testTrainer(readPublic: ReadFile, parts: TestParts): TestTrainer {
  const base = tinyFile();
  const gaveUp: unknown[] = [];
  const line = testLine<TrainerRequest, TrainerEvent>((message) => trainer.receive(message));
  const trainer = new Trainer(
    {
      startEngine: async () => {
        const real = onnxEngine(await nodeRuntime('cpu', 1));
        return { engine: parts.engine?.(real) ?? real, parallel: true, note: null };
      },
      read: async (path) => {
        const replaced = parts.read?.(path);
        if (replaced) return replaced;
        if (path === bundlePaths.base) return base;
        return readPublic(path);
      },
      openStore: async () => parts.store ?? memoryStore(),
      nextTask: () => new Promise((resolve) => setImmediate(resolve)),
      drawnIntervals: parts.drawnIntervals ?? { progress: 0, points: 0 },
      giveUp: (error) => gaveUp.push(error),
    },
    line.post,
  );
  // The protocol pairs kinds of requests and replies, and an event's kind with what it carries.
  return {
    events: line.events,
    gaveUp,
    ask: line.ask as TestTrainer['ask'],
    event: (kind, fits = () => true) =>
      line.event((event) => event.kind === kind && fits(event as never)) as never,
  };
}
