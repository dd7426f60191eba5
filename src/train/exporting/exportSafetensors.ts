// A grafted model as a safetensors file: facebookresearch/DiT's names, the operators' own below their slots, the plan in
// the metadata.
import { type SafetensorsOptions, writeSafetensors } from '../../formats/safetensors.ts';
import { describeModel, type FileBytes, fileName, type GraftedModel } from './graftedModel.ts';

/** Ending of files whose weights are rounded to 16 bits. */
export const halfEnding = '-f16.safetensors';

export function exportSafetensors(model: GraftedModel, options: SafetensorsOptions): FileBytes {
  const tensors = { pos_embed: model.frame.position, ...model.weights };
  const ending = options.dtype === 'f16' ? halfEnding : '.safetensors';
  return {
    name: fileName(model.plan, ending),
    bytes: writeSafetensors(tensors, describeModel(model), options),
  };
}
