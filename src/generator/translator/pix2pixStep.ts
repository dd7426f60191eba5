// One training step of a translator against a discriminator, as one graph: the generator's picture, the discriminator's
// update on it, then the generator's update against the discriminator that has just been updated (pix2pix, §3.1).
import { type Graph, gradients, graphOf, input, type Node, stopGradient } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { type AdamWSettings, adamw } from '../../train/adamw.ts';
import { cut, join, type ParameterLayout } from '../../train/parameters.ts';
import { discriminator } from './discriminator.ts';
import { discriminatorLoss, generatorLoss } from './losses.ts';
import { runningAfter } from './runningStatistics.ts';
import type { TranslatorShape } from './shape.ts';
import { type TranslatorOptions, translator } from './translator.ts';

/** Adam as pix2pix sets it. */
export const pix2pixAdam: AdamWSettings = { betas: [0.5, 0.999], epsilon: 1e-8, weightDecay: 0 };

export interface Pix2PixSpec {
  readonly shape: TranslatorShape;
  /** Trained tensors of the translator: its low-rank updates, or everything. */
  readonly trained: ParameterLayout;
  /** Trained tensors of the discriminator. */
  readonly judge: ParameterLayout;
  /** All other tensors of the translator; running averages included, since they are carried on. */
  readonly frozen: (name: string) => Node;
  /** Tensors of the translator that are made of trained ones, and stand in for those of their names. */
  readonly derived?: (trained: ReadonlyMap<string, Node>) => ReadonlyMap<string, Node>;
  readonly options: TranslatorOptions;
  readonly images: { readonly source: Node; readonly target: Node; readonly text: Node };
  readonly lambda: number;
  readonly optimizer: AdamWSettings;
}

/** State vectors by the names of their inputs; outputs of the same names replace them. */
export const pix2pixState = ['g', 'g.m', 'g.v', 'd', 'd.m', 'd.v'] as const;

/**
 * Inputs: the state, `learningRate`, `stepSize`, `rootCorrection` (train/adamw.ts, stepScalars), the frozen tensors and
 * the images. Outputs: the new state, `image`, the four losses before the step's own updates, and the running averages
 * of every normalisation that saw the batch (`running/stem.bn.running_mean`, and the discriminator's as `running/d/…`).
 */
export function pix2pixStep(spec: Pix2PixSpec): Graph {
  const { trained, judge, images, optimizer } = spec;
  const g = stateOf('g', trained);
  const d = stateOf('d', judge);
  const scalars = {
    learningRate: input('learningRate', []),
    stepSize: input('stepSize', []),
    rootCorrection: input('rootCorrection', []),
  };
  const own = cut(trained, g.parameters);
  const derived = spec.derived?.(own);
  const w = (name: string) => derived?.get(name) ?? own.get(name) ?? spec.frozen(name);
  const made = translator(spec.shape, images.source, images.text, w, spec.options);

  const judgeBy = (parameters: ReadonlyMap<string, Node>) => (image: Node) =>
    discriminator(images.source, image, (name) => known(parameters.get(name), name));
  const before = cut(judge, d.parameters);
  const onMade = judgeBy(before)(stopGradient(made.image));
  const onReal = judgeBy(before)(images.target);
  const dLoss = discriminatorLoss(onMade.logits, onReal.logits);
  const dGradient = join(judge, gradients(dLoss.total, [...before.values()]));
  const dNext = adamw(d, dGradient, scalars, optimizer);

  const onMadeAgain = judgeBy(cut(judge, stopGradient(dNext.parameters)))(made.image);
  const gLoss = generatorLoss(onMadeAgain.logits, made.image, images.target, spec.lambda);
  const gGradient = join(trained, gradients(gLoss.total, [...own.values()]));
  const gNext = adamw(g, gGradient, scalars, optimizer);

  return graphOf({
    ...stateOutputs('g', gNext),
    ...stateOutputs('d', dNext),
    image: made.image,
    'loss/d.made': dLoss.made,
    'loss/d.real': dLoss.real,
    'loss/g.adversarial': gLoss.adversarial,
    'loss/g.distance': gLoss.distance,
    ...runningAfter(
      Object.entries(made.statistics).map(([place, batch]) => ({ place, batches: [batch] })),
      spec.frozen,
      'running/',
    ),
    ...runningAfter(
      [
        {
          place: 'bn2',
          batches: [onMade, onReal, onMadeAgain].map(({ statistics }) => known(statistics, 'bn2')),
        },
      ],
      (name) => input(`d/${name}`, known(before.get('bn2.weight'), 'bn2').shape),
      'running/d/',
    ),
  });
}

const stateOf = (name: 'g' | 'd', { size }: ParameterLayout) => ({
  parameters: input(name, [size]),
  m: input(`${name}.m`, [size]),
  v: input(`${name}.v`, [size]),
});

const stateOutputs = (name: 'g' | 'd', { parameters, m, v }: { parameters: Node; m: Node; v: Node }) => ({
  [name]: parameters,
  [`${name}.m`]: m,
  [`${name}.v`]: v,
});
