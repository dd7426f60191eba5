// A trainer for tests: it answers by a script, through the same interface as the worker's client.
import type { ModelInfo, TrainerEvent, TrainerReplies, TrainerRequest } from '../workers/protocol.ts';
import type { TrainerClient, TrainerListener } from '../workers/trainerClient.ts';

export const testModel: ModelInfo = {
  id: 'dit-test',
  label: 'DiT for tests',
  engine: 'none',
  parallel: true,
  note: null,
  config: {
    inputSize: 32,
    patchSize: 4,
    channels: 1,
    width: 128,
    depth: 8,
    heads: 4,
    mlpRatio: 4,
    classes: 10,
    learnSigma: false,
  },
  classNames: Array.from({ length: 10 }, (_, index) => `class ${index}`),
  pretrainingFlops: null,
};

export type Script = {
  readonly [K in TrainerRequest['kind']]?: (
    request: Extract<TrainerRequest, { readonly kind: K }>,
    emit: (event: TrainerEvent) => void,
  ) => TrainerReplies[K] | Promise<TrainerReplies[K]>;
};

export interface ScriptedTrainer {
  readonly asked: TrainerRequest[];
  crash(sentence: string): void;
  start(listener: TrainerListener): TrainerClient;
}

export function scriptedTrainer(script: Script): ScriptedTrainer {
  const asked: TrainerRequest[] = [];
  let listening: TrainerListener | null = null;
  const usual: Script = {
    open: () => testModel,
    runs: () => [],
    sample: ({ job }) => ({ jobId: job.jobId, finished: true, milliseconds: 10 }),
    measure: () => ({ batch: 16, baseMs: 10, graftMs: 9, slots: [] }),
    ...script,
  };
  return {
    asked,
    crash: (sentence) => listening?.crashed(sentence),
    start(listener) {
      listening = listener;
      return {
        async ask(request) {
          asked.push(request);
          const answer = usual[request.kind] as ((request: unknown, emit: unknown) => unknown) | undefined;
          // The script's types pair each kind with its reply; the lookup by kind loses that.
          return (await answer?.(request, listener.event)) as never;
        },
        dispose() {},
      };
    },
  };
}
