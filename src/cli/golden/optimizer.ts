// The optimizer that a training case states in its manifest.
import { FileError } from '../../lib/errors.ts';
import { isRecord } from '../../plan/reading.ts';
import type { AdamWSettings } from '../../train/adamw.ts';
import type { GoldenCase } from './goldenCase.ts';
import { record } from './manifest.ts';

/** @param fit where the weight decay is given loss by loss */
export function readOptimizer(
  golden: GoldenCase,
  fit?: string,
): { readonly settings: AdamWSettings; readonly learningRate: number } {
  const { name, lr, betas, eps, weight_decay: decay } = record(golden.manifest.config.optimiser);
  const weightDecay = isRecord(decay) ? decay[fit ?? ''] : decay;
  const where = `${golden.manifest.path} config.optimiser`;
  if (name !== 'AdamW') throw new FileError(`${where} should be AdamW, got ${String(name)}.`);
  const [beta1, beta2] = Array.isArray(betas) ? betas.map(Number) : [];
  const numbers = {
    lr: Number(lr),
    beta1: Number(beta1),
    beta2: Number(beta2),
    eps: Number(eps),
    decay: Number(weightDecay ?? 0),
  };
  const odd = Object.entries(numbers).find(([, value]) => !Number.isFinite(value));
  if (odd) throw new FileError(`${where} gives no number for ${odd[0]}.`);
  return {
    settings: { betas: [numbers.beta1, numbers.beta2], epsilon: numbers.eps, weightDecay: numbers.decay },
    learningRate: numbers.lr,
  };
}
