// A graft run's state as one safetensors file: vectors as tensors, the rest as JSON in the metadata.
import { memorySource } from '../../formats/byteSource.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { parsePlan } from '../../plan/validate.ts';
import type { Stage1State } from '../stage1/distiller.ts';
import type { Stage2State } from '../stage2/finetuner.ts';
import type { CurvePoint, RunSummary } from './progress.ts';

export interface RunCheckpoint {
  readonly plan: Plan;
  readonly stage1: Stage1State;
  /** Absent until stage 2 has begun. */
  readonly stage2: Stage2State | undefined;
  readonly points: readonly CurvePoint[];
  readonly seconds: number;
  readonly flops: number;
  /** Present when the run is over; `result` then holds the model. */
  readonly summary: RunSummary | undefined;
  /** The grafted model's tensors that differ from the base or are new. */
  readonly result: Readonly<Record<string, Tensor>> | undefined;
  readonly savedAt: number;
}

const prefixes = { stage1: 'stage1/', stage2: 'stage2/', result: 'result/' } as const;

export function encodeCheckpoint(checkpoint: RunCheckpoint): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, Tensor> = {};
  const vector = (name: string, data: Float32Array) => {
    tensors[name] = f32([data.length], data);
  };
  for (const [name, data] of Object.entries(checkpoint.stage1.vectors)) vector(prefixes.stage1 + name, data);
  if (checkpoint.stage2) {
    const { trainer, best } = checkpoint.stage2;
    for (const [name, data] of Object.entries(trainer.vectors)) vector(prefixes.stage2 + name, data);
    vector(`${prefixes.stage2}best`, best);
  }
  for (const [name, tensor] of Object.entries(checkpoint.result ?? {}))
    tensors[prefixes.result + name] = tensor;
  const rest = {
    plan: checkpoint.plan,
    stage1: { step: checkpoint.stage1.step, records: checkpoint.stage1.records.map(asJson) },
    stage2: checkpoint.stage2 && {
      record: checkpoint.stage2.record,
      step: checkpoint.stage2.trainer.step,
      clearedAt: checkpoint.stage2.trainer.clearedAt,
    },
    points: checkpoint.points,
    seconds: checkpoint.seconds,
    flops: checkpoint.flops,
    summary: checkpoint.summary,
    savedAt: checkpoint.savedAt,
  };
  return writeSafetensors(tensors, { scion_run: JSON.stringify(rest) }, { dtype: 'f32' });
}

/** JSON has no infinity: an error that was never measured is left out. */
function asJson(record: Stage1State['records'][number]) {
  return { ...record, bestError: Number.isFinite(record.bestError) ? record.bestError : null };
}

/** @throws FileError when the bytes are not a run that this version wrote */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<RunCheckpoint> {
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, 'The saved run'));
  if (metadata.scion_run === undefined)
    throw new FileError('The saved run carries no record of its steps; start it again.');
  const rest = JSON.parse(metadata.scion_run);
  const under = (prefix: string): Record<string, Tensor> =>
    Object.fromEntries(
      [...tensors].flatMap(([name, tensor]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
      ),
    );
  const vectorsOf = (prefix: string): Record<string, Float32Array> =>
    Object.fromEntries(
      Object.entries(under(prefix)).map(([name, { data }]) => [name, Float32Array.from(data)]),
    );
  const { best, ...vectors } = vectorsOf(prefixes.stage2);
  const result = under(prefixes.result);
  return {
    plan: parsePlan(rest.plan),
    stage1: {
      step: rest.stage1.step,
      records: rest.stage1.records.map((record: Stage1State['records'][number]) => ({
        ...record,
        bestError: record.bestError ?? Number.POSITIVE_INFINITY,
      })),
      vectors: vectorsOf(prefixes.stage1),
    },
    stage2:
      rest.stage2 && best
        ? {
            record: rest.stage2.record,
            trainer: { step: rest.stage2.step, clearedAt: rest.stage2.clearedAt ?? 0, vectors },
            best,
          }
        : undefined,
    points: pointsFromJson(rest.points),
    seconds: rest.seconds,
    flops: rest.flops,
    summary: rest.summary,
    result: Object.keys(result).length > 0 ? result : undefined,
    savedAt: rest.savedAt,
  };
}

/** JSON has no NaN: the loss of a point that was only measured, not trained on, is null there. */
export function pointsFromJson(points: readonly CurvePoint[]): CurvePoint[] {
  return points.map((point) => ({ ...point, loss: point.loss ?? Number.NaN }));
}

export function checkpointName(plan: Plan): string {
  return `run-${planHash(plan)}`;
}
