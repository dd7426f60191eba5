// Writes a model into a file and checks it on the spot: what the export command asks for.
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { checkOnnx, checkSafetensors, type ExportCheck } from './checkExport.ts';
import { exportOnnx } from './exportOnnx.ts';
import { exportSafetensors } from './exportSafetensors.ts';
import type { FileBlob, FileBytes, GraftedModel } from './graftedModel.ts';
import { checkYaml } from './graftingYaml/checkYaml.ts';
import { exportYaml } from './graftingYaml/exportYaml.ts';
import { probesOf, samplerSteps } from './probes.ts';
import { checkPytorch } from './pytorch/checkPytorch.ts';
import { exportPytorch } from './pytorch/exportPytorch.ts';

export type ExportChoice =
  | { readonly format: 'safetensors'; readonly dtype: 'f32' | 'f16' }
  | { readonly format: 'onnx'; readonly batch: number }
  | { readonly format: 'pytorch' }
  | { readonly format: 'yaml' };

/** Denoising steps that a PyTorch folder carries, on two images. */
const recorded = { steps: 6, batch: 2 };

/** @throws UserError when the file read back is not the model */
export async function exportModel(
  engine: OnnxEngine,
  model: GraftedModel,
  choice: ExportChoice,
): Promise<FileBlob & ExportCheck> {
  switch (choice.format) {
    case 'safetensors': {
      const file = exportSafetensors(model, choice);
      return { ...inBlob(file), ...(await checkSafetensors(engine, model, file)) };
    }
    case 'onnx': {
      const file = exportOnnx(model, choice);
      return { ...inBlob(file), ...(await checkOnnx(engine, model, file, choice.batch)) };
    }
    case 'pytorch': {
      const probes = probesOf(model.frame.shape, recorded.batch, recorded.steps);
      const results = await samplerSteps(engine, model, probes);
      const weights = inBlob(exportSafetensors(model, { dtype: 'f32' })).blob;
      const folder = await exportPytorch(model, weights, { probes, results });
      return { ...folder, maxDeviation: null, inputs: 0, checked: await checkPytorch(model, folder) };
    }
    case 'yaml': {
      const { name, blob, ...written } = await exportYaml(model.plan, model.frame.shape);
      const checked = await checkYaml(model.plan, { name, blob, ...written });
      return { name, blob, maxDeviation: null, inputs: 0, checked };
    }
    default:
      return choice satisfies never;
  }
}

function inBlob({ name, bytes }: FileBytes): FileBlob {
  return { name, blob: new Blob([bytes]) };
}
