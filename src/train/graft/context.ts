// What a graft run works on: an engine, a teacher, and the images that may be used.

import type { Schedule } from '../../diffusion/schedule.ts';
import type { DeviceTensor, Engine, Feeds } from '../../engine/engine.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { f32 } from '../../lib/tensor.ts';
import type { DitFrame } from '../../models/fixedTables.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { LabelledImages } from '../diffusionBatches.ts';
import { fixedFeeds } from '../ditTraining.ts';
import { layoutOf, type ParameterLayout, pack } from '../parameters.ts';
import type { SlotTask } from '../stage1/slotTask.ts';

export interface GraftContext {
  readonly engine: Engine;
  readonly frame: DitFrame;
  readonly schedule: Schedule;
  /** The teacher's tensors by checkpoint name. */
  readonly teacher: Readonly<Record<string, Tensor>>;
  /** 8,000 images for stage 1, 6,000 of them for stage 2, and others that are only measured on. */
  readonly data: {
    readonly stage1: LabelledImages;
    readonly stage2: LabelledImages;
    readonly heldOut: LabelledImages;
  };
  /** Training compute of the base, in FLOP, where it is known. */
  readonly pretrainingFlops: number | null;
  /** Writes start weights for operators that a generator knows; absent where there is no generator. */
  readonly writeStart?: WriteStart;
}

/**
 * Start weights [P] in the order of each task's layout, by slot; operators that the generator does not know are left out.
 * @param tasks each with the weights that it inherits, where it does
 */
export type WriteStart = (
  tasks: readonly { readonly task: SlotTask; readonly inherited: Float32Array | undefined }[],
) => Promise<ReadonlyMap<SlotId, Float32Array>>;

/** The teacher's tensors of one slot, by their names below it. */
export function teacherTensors(
  { teacher }: Pick<GraftContext, 'teacher'>,
  slot: SlotId,
): Record<string, Tensor> {
  const prefix = `${slot}.`;
  const own = Object.entries(teacher).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** The teacher and the fixed tables on the engine's device, as feeds of every graph with a teacher pass. */
export interface TeacherOnDevice {
  readonly layout: ParameterLayout;
  readonly feeds: Feeds;
  dispose(): void;
}

export function uploadTeacher(context: GraftContext): TeacherOnDevice {
  const { engine, frame, schedule } = context;
  const layout = layoutOf(parameterShapes(frame.shape));
  const teacher = engine.upload(f32([layout.size], pack(layout, context.teacher)));
  const feeds: Record<string, DeviceTensor> = { teacher };
  for (const [name, table] of Object.entries(fixedFeeds(frame, schedule.steps))) {
    feeds[name] = engine.upload(table);
  }
  return {
    layout,
    feeds,
    dispose: () => {
      for (const feed of Object.values(feeds)) feed.dispose();
    },
  };
}

/** The outputs of a run in host memory; what lived on the device is released. */
export async function readAll(
  outputs: Readonly<Record<string, DeviceTensor>>,
): Promise<Record<string, Tensor>> {
  const read: Record<string, Tensor> = {};
  for (const [name, output] of Object.entries(outputs)) {
    read[name] = await output.read();
    output.dispose();
  }
  return read;
}
