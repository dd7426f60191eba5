// Parameter lists of the layers that operators are made of.
import type { ParameterSpec } from './operator.ts';

/** PyTorch's Linear: `name.weight` [out, in], Xavier-uniform, and `name.bias` [out], zero (spec §1.2). */
export function linearSpec(name: string, out: number, inner: number): readonly ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [out, inner], init: { kind: 'xavier' } },
    { name: `${name}.bias`, shape: [out], init: { kind: 'zeros' } },
  ];
}

/** A depthwise filter `name.weight` [channels, 1, taps] with bias; PyTorch's uniform ±1/√taps. */
export function filterSpec(name: string, channels: number, taps: number): readonly ParameterSpec[] {
  const bound = 1 / Math.sqrt(taps);
  return [
    { name: `${name}.weight`, shape: [channels, 1, taps], init: { kind: 'uniform', bound } },
    { name: `${name}.bias`, shape: [channels], init: { kind: 'uniform', bound } },
  ];
}

/** A depthwise filter that starts as the identity: last tap one, bias zero. */
export function identityFilterSpec(name: string, channels: number, taps: number): readonly ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [channels, 1, taps], init: { kind: 'identityTap' } },
    { name: `${name}.bias`, shape: [channels], init: { kind: 'zeros' } },
  ];
}
