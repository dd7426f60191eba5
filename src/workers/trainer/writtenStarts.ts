// Starts from the bundled generator of operators, for grafts of the bundled base. The file is fetched when the first
// graft needs it; without it a graft has its other starts, and nothing is lost.
import { decodeOperatorModel, type OperatorModel } from '../../generator/operators/operatorModel.ts';
import { OperatorWriter } from '../../generator/operators/operatorWriter.ts';
import { operatorModelPath } from '../../generator/paths.ts';
import { known } from '../../lib/errors.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { ReadFile } from '../../train/dataset.ts';
import type { GraftContext, WriteStart } from '../../train/graft/context.ts';

export class WrittenStarts {
  readonly #read: ReadFile;
  #model: Promise<OperatorModel | undefined> | undefined;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /** Adds to what an operator inherits what stage 1 would, as far as the generator knows operator and slot. */
  on({ engine, frame }: Pick<GraftContext, 'engine' | 'frame'>): WriteStart {
    const classes = Array.from({ length: frame.shape.classes }, (_, label) => label);
    const slice = { name: 'all classes', classes };
    return async (tasks) => {
      const model = await this.#loaded();
      const ours = tasks.filter(({ task }) => model?.operators.get(task.operator.id)?.has(task.slot));
      const written = new Map<SlotId, Float32Array>();
      if (!model || ours.length === 0) return written;
      const writer = await OperatorWriter.create(engine, model);
      for (const { task, inherited } of ours) {
        if (!inherited) continue;
        const { slot, operator, config } = task;
        const deviation = await writer.deviation(
          { slot, operator: operator.id, config, slice },
          inherited.length,
        );
        if (deviation)
          written.set(
            slot,
            deviation.map((value, i) => value + known(inherited[i], 'weight')),
          );
      }
      await writer.dispose();
      return written;
    };
  }

  #loaded(): Promise<OperatorModel | undefined> {
    this.#model ??= this.#read(operatorModelPath)
      .then((bytes) => decodeOperatorModel(bytes, operatorModelPath))
      .catch(() => undefined);
    return this.#model;
  }
}
