// The guided forward pass of a golden set: the state holds 2n images, n labels and n null labels, and the model sees the
// first n images twice.
import { guide } from '../../diffusion/sampler.ts';
import { concat, type Node, slice } from '../../graph/index.ts';
import { type DitInputs, dit, type Weights } from '../../models/dit.ts';
import { type DitShape, outChannels } from '../../models/shape.ts';

/** The reference guides the first three channels of the output, whatever they hold. */
const guidedChannels = 3;

/** @returns [2n, C', H, W], both halves with the guided noise estimate */
export function guidedOutput(shape: DitShape, w: Weights, inputs: DitInputs, scale: Node): Node {
  const images = slice(inputs.x, 0, 0, (inputs.x.shape[0] ?? 0) / 2);
  const { output } = dit(shape, w, { ...inputs, x: concat([images, images], 0) });
  const channels = Math.min(guidedChannels, outChannels(shape));
  const { conditional, unconditional } = guide(output, scale, channels, 'firstThree');
  return concat([conditional, unconditional], 0);
}
