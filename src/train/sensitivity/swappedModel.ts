// The teacher with a switch in every slot that a candidate fits: one compiled program measures the swap of each of them.
import type { DeviceTensor, Feeds, Program } from '../../engine/engine.ts';
import { add, graphOf, input, mul, type Node, sub } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, scalar, type Tensor } from '../../lib/tensor.ts';
import { type SlotOperator, teacherOperator } from '../../models/dit.ts';
import { parameterShapes } from '../../models/parameterShapes.ts';
import type { SlotId } from '../../plan/plan.ts';
import type { GraftContext, TeacherOnDevice } from '../graft/context.ts';
import { cut, layoutOf } from '../parameters.ts';
import { type SlotTask, student, studentWeights } from '../stage1/slotTask.ts';
import { predictedNoise } from './predictedNoise.ts';

const parametersOf = (task: SlotTask) => `${task.slot}/parameters`;
const switchOf = (task: SlotTask) => `${task.slot}/switch`;

export class SwappedModel {
  readonly #program: Program;
  readonly #teacher: TeacherOnDevice;
  readonly #tasks: readonly SlotTask[];
  readonly #students: Readonly<Record<string, DeviceTensor>>;

  private constructor(
    program: Program,
    teacher: TeacherOnDevice,
    tasks: readonly SlotTask[],
    students: Readonly<Record<string, DeviceTensor>>,
  ) {
    this.#program = program;
    this.#teacher = teacher;
    this.#tasks = tasks;
    this.#students = students;
  }

  /** @param parameters each student's flat vector */
  static async create(
    { engine, frame, schedule }: GraftContext,
    teacher: TeacherOnDevice,
    tasks: readonly SlotTask[],
    parameters: (slot: SlotId) => Float32Array,
  ): Promise<SwappedModel> {
    const { shape } = frame;
    const layout = layoutOf(parameterShapes(shape));
    const nodes = cut(layout, input('teacher', [layout.size]));
    const grafts = Object.fromEntries(
      tasks.map((task) => [task.slot, switched(task, teacherOperator(shape, task.slot))]),
    );
    const weight = (name: string) => known(nodes.get(name), name);
    const program = await engine.compile(graphOf({ noise: predictedNoise(shape, schedule, weight, grafts) }));
    const students = Object.fromEntries(
      tasks.map((task) => [
        parametersOf(task),
        engine.upload(f32([task.layout.size], parameters(task.slot).slice())),
      ]),
    );
    return new SwappedModel(program, teacher, tasks, students);
  }

  /** The predicted noise of one batch with the candidate in these slots and the teacher in all others. */
  async noise(images: Feeds, swapped: readonly SlotId[]): Promise<Tensor> {
    const switches = Object.fromEntries(
      this.#tasks.map((task) => [switchOf(task), scalar(swapped.includes(task.slot) ? 1 : 0)]),
    );
    const { noise } = await this.#program.run({
      ...this.#teacher.feeds,
      ...images,
      ...this.#students,
      ...switches,
    });
    const read = await known(noise, 'noise').read();
    noise?.dispose();
    return read;
  }

  async dispose(): Promise<void> {
    for (const student of Object.values(this.#students)) student.dispose();
    await this.#program.dispose();
  }
}

/** y = teacher(x) + s·(student(x) − teacher(x)), with s fed as 0 or 1. */
function switched(task: SlotTask, teacher: SlotOperator): SlotOperator {
  const weights = studentWeights(task, input(parametersOf(task), [task.layout.size]));
  const share: Node = input(switchOf(task), []);
  return {
    config: teacher.config,
    operator: {
      ...teacher.operator,
      apply: (x, weight, config, site) => {
        const was = teacher.operator.apply(x, weight, config, site);
        return add(was, mul(share, sub(student(task, weights, x), was)));
      },
    },
  };
}
