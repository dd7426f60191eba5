// The list of a DiT's trained tensors, grafts included.
import type { Shape } from '../lib/tensor.ts';
import { type SlotOperators, teacherOperator, timeCodeWidth } from './dit.ts';
import { type DitShape, outChannels, siteOf, slotIds } from './shape.ts';

/** Shapes of all trained tensors by checkpoint name, in checkpoint order; `pos_embed` is fixed and not among them. */
export function parameterShapes(shape: DitShape, grafts: SlotOperators = {}): [string, Shape][] {
  const { width: d, patchSize: p, channels, classes } = shape;
  const linear = (name: string, out: number, inner: number): [string, Shape][] => [
    [`${name}.weight`, [out, inner]],
    [`${name}.bias`, [out]],
  ];
  const list: [string, Shape][] = [
    ['x_embedder.proj.weight', [d, channels, p, p]],
    ['x_embedder.proj.bias', [d]],
    ...linear('t_embedder.mlp.0', d, timeCodeWidth),
    ...linear('t_embedder.mlp.2', d, d),
    ['y_embedder.embedding_table.weight', [classes + 1, d]],
  ];
  for (const slot of slotIds(shape)) {
    const { operator, config } = grafts[slot] ?? teacherOperator(shape, slot);
    for (const spec of operator.parameters(config, siteOf(shape, slot))) {
      list.push([`${slot}.${spec.name}`, spec.shape]);
    }
    const block = slot.slice(0, slot.lastIndexOf('.'));
    if (slot.endsWith('.mlp')) list.push(...linear(`${block}.adaLN_modulation.1`, 6 * d, d));
  }
  return [
    ...list,
    ...linear('final_layer.linear', p * p * outChannels(shape), d),
    ...linear('final_layer.adaLN_modulation.1', 2 * d, d),
  ];
}
