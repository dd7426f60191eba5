// Writes a model into a file and checks it on the spot: what the export command asks for.
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { checkOnnx, checkSafetensors, type ExportCheck } from './checkExport.ts';
import { exportOnnx } from './exportOnnx.ts';
import { exportSafetensors } from './exportSafetensors.ts';
import type { FileBytes, GraftedModel } from './graftedModel.ts';

export type ExportChoice =
  | { readonly format: 'safetensors'; readonly dtype: 'f32' | 'f16' }
  | { readonly format: 'onnx'; readonly batch: number };

/** @throws UserError when the file read back is not the model */
export async function exportModel(
  engine: OnnxEngine,
  model: GraftedModel,
  choice: ExportChoice,
): Promise<FileBytes & ExportCheck> {
  if (choice.format === 'onnx') {
    const file = exportOnnx(model, choice);
    return { ...file, ...(await checkOnnx(engine, model, file, choice.batch)) };
  }
  const file = exportSafetensors(model, choice);
  return { ...file, ...(await checkSafetensors(engine, model, file)) };
}
