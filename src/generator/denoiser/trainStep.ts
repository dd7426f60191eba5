// One training step of the weight generator: masked squared error between the net's estimate and its target.
import { input } from '../../graph/index.ts';
import type { AdamWSettings } from '../../train/adamw.ts';
import { layoutOf, type ParameterLayout } from '../../train/parameters.ts';
import { buildTrainStep, type TrainStep } from '../../train/trainStep.ts';
import { blockSquares } from '../maskedLoss.ts';
import { type UnetShape, unet1d, unetShapes } from '../unet1d.ts';
import type { DenoiserConfig } from './config.ts';

export const denoiserOptimizer: AdamWSettings = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0 };

export function unetLayout(shape: UnetShape): ParameterLayout {
  return layoutOf(unetShapes(shape));
}

/** Inputs of the net, each row one block. */
export function netInputs({ unet, blockSize }: DenoiserConfig, batch: number, tokens: number) {
  return {
    blocks: input('blocks', [batch, blockSize]),
    ...(unet.hint && { hint: input('hint', [batch, blockSize]) }),
    timeCode: input('timeCode', [batch, unet.codeWidth]),
    indexCode: input('indexCode', [batch, unet.codeWidth]),
    text: input('text', [batch, tokens, unet.context]),
  };
}

/** Asks for the net's inputs, `target` and `mask` [batch, b]. */
export function denoiserStep(config: DenoiserConfig, batch: number, tokens: number): TrainStep {
  const shape = [batch, config.blockSize];
  return buildTrainStep({
    layout: unetLayout(config.unet),
    loss: (weight) => {
      const { output } = unet1d(config.unet, netInputs(config, batch, tokens), weight);
      return { loss: blockSquares(input('target', shape), output, input('mask', shape)) };
    },
    optimizer: denoiserOptimizer,
    clipNorm: 1,
    average: 'ema',
  });
}
