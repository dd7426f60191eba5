// stage1: an operator fitted to stored outputs of an attention teacher, by the train step of src/train, loss by loss.
import type { Engine } from '../../../engine/engine.ts';
import { gradients, input, type Node } from '../../../graph/index.ts';
import { FileError, known } from '../../../lib/errors.ts';
import type { Tensor } from '../../../lib/tensor.ts';
import type { Loss } from '../../../plan/plan.ts';
import { layoutOf, pack, unpack } from '../../../train/parameters.ts';
import { regressionLoss } from '../../../train/stage1/regressionLoss.ts';
import { Trainer } from '../../../train/trainer.ts';
import { buildTrainStep } from '../../../train/trainStep.ts';
import { type CaseRunner, type Lab, namesBelow } from '../caseRunner.ts';
import { compute, FedTensors } from '../compute.ts';
import { operatorOf, siteOfTokens } from '../ditCase.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { readOptimizer } from '../optimizer.ts';

export const stage1Case: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) => 'student' in config && tensors.has('data/x'),
  async run(golden, lab) {
    for (const key of golden.manifest.tensors.keys()) {
      const fit = /^(.+)\/losses$/.exec(key)?.[1];
      if (fit !== undefined) await runFit(golden, lab, fit);
    }
  },
};

/** @param fit a loss and how it is decayed: `l1`, `l2_wd` */
async function runFit(golden: GoldenCase, { engine, checks }: Lab, fit: string): Promise<void> {
  const student = studentOf(golden, lossOf(golden, fit));
  const names = namesBelow(golden.manifest, `${fit}/first_grads/`);
  for (const [name, { data }] of Object.entries(await firstGradients(engine, student, names))) {
    checks.add(`${fit}/first_grads/${name}`, data);
  }
  const { losses, weights } = await train(golden, engine, student, fit);
  checks.add(`${fit}/losses`, losses);
  for (const name of namesBelow(golden.manifest, `${fit}/final/`)) {
    checks.add(`${fit}/final/${name}`, known(weights[name], name).data);
  }
}

function lossOf(golden: GoldenCase, fit: string): Loss {
  const loss = (['l1', 'l2', 'huber'] as const).find((name) => fit === name || fit.startsWith(`${name}_`));
  if (loss) return loss;
  throw new FileError(`${golden.manifest.path} asks for the loss ${fit}; Scion has l1, l2 and huber.`);
}

interface Student {
  readonly initial: Readonly<Record<string, Tensor>>;
  /** The loss for the student's weights; reads the inputs `x` and `target`. */
  readonly loss: (weight: (name: string) => Node) => Node;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

function studentOf(golden: GoldenCase, loss: Loss): Student {
  const initial = golden.below('student_init/');
  const [data, target] = [golden.tensor('data/x'), golden.tensor('data/y')];
  const [, tokens = 0, width = 0] = data.shape;
  const { student: id, window } = golden.manifest.config;
  const { operator, config } = operatorOf(golden.name, { id, window }, initial, width);
  const site = siteOfTokens(golden, operator.kind, tokens, width);
  return {
    initial,
    loss: (weight) => {
      const y = operator.apply(input('x', data.shape), weight, config, site);
      return regressionLoss(y, input('target', target.shape), { loss, huberDelta: 1 });
    },
    feeds: { x: data, target },
  };
}

async function firstGradients(engine: Engine, student: Student, names: readonly string[]) {
  if (names.length === 0) return {};
  const weights = new FedTensors('weights/', student.initial);
  const parts = gradients(student.loss(weights.node), names.map(weights.node));
  const outputs = Object.fromEntries(names.map((name, i) => [name, known(parts[i], name)]));
  return compute(engine, outputs, { ...student.feeds, ...weights.feeds });
}

/** Losses before every update and after the last one, and the weights then. */
async function train(golden: GoldenCase, engine: Engine, student: Student, fit: string) {
  const { settings, learningRate } = readOptimizer(golden, fit);
  const layout = layoutOf(Object.entries(student.initial).map(([name, { shape }]) => [name, shape]));
  const step = buildTrainStep({
    layout,
    loss: (weight) => ({ loss: student.loss(weight) }),
    optimizer: settings,
    clipNorm: Number.POSITIVE_INFINITY,
    average: 'none',
  });
  const start = { step: 0, vectors: { parameters: pack(layout, student.initial) } };
  const trainer = await Trainer.create(engine, step, start);
  const losses: number[] = [];
  for (let i = 0; i < golden.number('steps'); i++) {
    losses.push((await trainer.run(student.feeds, learningRate)).loss);
  }
  const weights = unpack(layout, await trainer.vector('parameters'));
  // One step more, for the loss that it starts from.
  losses.push((await trainer.run(student.feeds, learningRate)).loss);
  await trainer.dispose();
  return { losses, weights };
}
