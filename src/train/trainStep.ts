// A train step as one graph: loss, gradients, clipping, AdamW and the moving average of a flat parameter vector.
import { type Graph, gradients, graphOf, input, type Node } from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { type AdamWSettings, adamw, clipByNorm, movingAverage } from './adamw.ts';
import { cut, join, type ParameterLayout } from './parameters.ts';

/** Names of the state inputs, which are also the names of the outputs that replace them. */
export type StateName = 'parameters' | 'm' | 'v' | 'ema';

export interface TrainStepSpec {
  readonly layout: ParameterLayout;
  /** Builds the scalar loss from the trained tensors; makes whatever other inputs it needs. */
  readonly loss: (weight: (name: string) => Node) => {
    readonly loss: Node;
    /** Further results that are wanted every step. */
    readonly extras?: Readonly<Record<string, Node>>;
  };
  readonly optimizer: AdamWSettings;
  /** Upper bound of the gradient's 2-norm. */
  readonly clipNorm: number;
  /** Whether a moving average is kept. */
  readonly average: 'none' | 'ema';
}

export interface TrainStep {
  readonly graph: Graph;
  readonly layout: ParameterLayout;
  readonly optimizer: AdamWSettings;
  readonly state: readonly StateName[];
}

/**
 * Inputs: the state, `learningRate`, `stepSize`, `rootCorrection`, `emaKeep`, and what the loss asks for.
 * Outputs: the new state, `loss`, `gradientNorm` and the extras.
 */
export function buildTrainStep(spec: TrainStepSpec): TrainStep {
  const { layout } = spec;
  const vector = (name: StateName) => input(name, [layout.size]);
  const [parameters, m, v] = [vector('parameters'), vector('m'), vector('v')];
  const weights = cut(layout, parameters);
  const { loss, extras } = spec.loss((name) => known(weights.get(name), `trained weight ${name}`));
  const gradient = join(layout, gradients(loss, [...weights.values()]));
  const { norm, scale } = clipByNorm(gradient, spec.clipNorm);
  const scalars = {
    learningRate: input('learningRate', []),
    stepSize: input('stepSize', []),
    rootCorrection: input('rootCorrection', []),
  };
  const next = adamw({ parameters, m, v }, gradient, scalars, spec.optimizer, scale);
  const outputs: Record<string, Node> = { ...extras, ...next, loss, gradientNorm: norm };
  if (spec.average === 'ema') {
    outputs.ema = movingAverage(vector('ema'), next.parameters, input('emaKeep', []));
  }
  const state: StateName[] =
    spec.average === 'ema' ? ['parameters', 'm', 'v', 'ema'] : ['parameters', 'm', 'v'];
  return { graph: graphOf(outputs), layout, optimizer: spec.optimizer, state };
}
