// Fresh weights of an operator: what each ParameterInit means, drawn from one seeded stream a parameter.
import { randomStream } from '../lib/random.ts';
import { f32, sizeOf, type Tensor } from '../lib/tensor.ts';
import type { ParameterInit, ParameterSpec, Weights } from './operator.ts';

/** @param path names the draw, e.g. the slot; equal seeds and paths give equal weights */
export function randomWeights(specs: readonly ParameterSpec[], seed: number, path: string): Weights {
  return Object.fromEntries(
    specs.map((spec) => {
      const uniform = randomStream(seed, 'init', path, spec.name).uniform(0, sizeOf(spec.shape));
      return [spec.name, f32(spec.shape, drawn(spec.shape, spec.init, uniform))];
    }),
  );
}

function drawn(shape: readonly number[], init: ParameterInit, uniform: Float64Array): Float32Array {
  switch (init.kind) {
    case 'zeros':
      return new Float32Array(uniform.length);
    case 'ones':
      return new Float32Array(uniform.length).fill(1);
    case 'xavier': {
      const [out, inner] = [shape[0] ?? 1, sizeOf(shape.slice(1))];
      return spread(uniform, Math.sqrt(6 / (out + inner)));
    }
    case 'uniform':
      return spread(uniform, init.bound);
    case 'identityTap': {
      const taps = shape.at(-1) ?? 1;
      return Float32Array.from(uniform, (_, i) => (i % taps === taps - 1 ? 1 : 0));
    }
    // mamba_ssm: A uniform in 1..16, kept as its logarithm.
    case 'mambaA':
      return Float32Array.from(uniform, (u) => Math.log(1 + 15 * u));
    // mamba_ssm: dt log-uniform in 1e-3..1e-1 with floor 1e-4, kept as softplus⁻¹(dt).
    case 'mambaDt':
      return Float32Array.from(uniform, (u) => {
        const dt = Math.max(Math.exp(Math.log(1e-3) + u * Math.log(100)), 1e-4);
        return dt + Math.log(-Math.expm1(-dt));
      });
    default:
      return init satisfies never;
  }
}

function spread(uniform: Float64Array, bound: number): Float32Array {
  return Float32Array.from(uniform, (u) => (2 * u - 1) * bound);
}

/** A depthwise filter that passes its input through. */
export function identityTaps(name: string, channels: number, taps: number): Record<string, Tensor> {
  const weight = new Float32Array(channels * taps);
  for (let c = 0; c < channels; c++) weight[c * taps + taps - 1] = 1;
  return {
    [`${name}.weight`]: f32([channels, 1, taps], weight),
    [`${name}.bias`]: f32([channels], new Float32Array(channels)),
  };
}
