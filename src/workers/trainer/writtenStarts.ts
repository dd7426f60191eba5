// Starts from the bundled generator of operators, for grafts of the bundled base. The file is fetched when the first
// graft needs it; without it a graft has its other starts, and nothing is lost.
import type { Engine } from '../../engine/engine.ts';
import type { OperatorCondition } from '../../generator/operators/condition.ts';
import { decodeOperatorModel, type OperatorModel } from '../../generator/operators/operatorModel.ts';
import { OperatorWriter } from '../../generator/operators/operatorWriter.ts';
import { operatorModelPath } from '../../generator/paths.ts';
import { known } from '../../lib/errors.ts';
import type { DitShape } from '../../models/shape.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { ReadFile } from '../../train/dataset.ts';
import type { GraftContext, WriteStart } from '../../train/graft/context.ts';
import type { SlotTask } from '../../train/stage1/slotTask.ts';
import type { WrittenSlot } from '../protocol.ts';

export class WrittenStarts {
  readonly #read: ReadFile;
  #model: Promise<OperatorModel | undefined> | undefined;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /** Adds to what an operator inherits what ridge and stage 1 would, as far as the generator knows operator and slot. */
  on({ engine, frame }: Pick<GraftContext, 'engine' | 'frame'>): WriteStart {
    return async (tasks) => {
      const written = new Map<SlotId, Float32Array>();
      const inheriting = tasks.filter(({ inherited }) => inherited !== undefined);
      await this.#withWriter(
        engine,
        inheriting.map(({ task }) => task),
        async (writer) => {
          for (const { task, inherited = new Float32Array() } of inheriting) {
            const deviation = await writer.deviation(editOf(task, frame.shape), inherited.length);
            const start = deviation?.map((value, i) => value + known(inherited[i], 'weight'));
            if (start) written.set(task.slot, start);
          }
        },
      );
      return written;
    };
  }

  /** How what would be written relates to the operators that the generator was trained on. */
  async inspect(engine: Engine, shape: DitShape, tasks: readonly SlotTask[]): Promise<WrittenSlot[]> {
    const found: WrittenSlot[] = [];
    await this.#withWriter(engine, tasks, async (writer) => {
      for (const task of tasks) {
        const block = await writer.inspect(editOf(task, shape), task.layout.size);
        if (block) found.push({ slot: task.slot, ...block });
      }
    });
    return found;
  }

  /** Nothing is compiled for tasks of which the generator knows none. */
  async #withWriter(
    engine: Engine,
    tasks: readonly SlotTask[],
    work: (writer: OperatorWriter) => Promise<void>,
  ): Promise<void> {
    const model = await this.#loaded();
    if (!model || !tasks.some(({ operator, slot }) => model.operators.get(operator.id)?.has(slot))) return;
    const writer = await OperatorWriter.create(engine, model);
    try {
      await work(writer);
    } finally {
      await writer.dispose();
    }
  }

  #loaded(): Promise<OperatorModel | undefined> {
    this.#model ??= this.#read(operatorModelPath)
      .then((bytes) => decodeOperatorModel(bytes, operatorModelPath))
      .catch(() => undefined);
    return this.#model;
  }
}

/** Grafts are trained on images of all classes. */
function editOf({ slot, operator, config }: SlotTask, { classes }: DitShape): OperatorCondition {
  const slice = { name: 'all classes', classes: Array.from({ length: classes }, (_, label) => label) };
  return { slot, operator: operator.id, config, slice };
}
