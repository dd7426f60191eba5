// Writes a model into a file and checks it on the spot: what the export command asks for.
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import type { DitShape } from '../../models/shape.ts';
import type { Plan } from '../../plan/plan.ts';
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
  | { readonly format: 'pytorch' };

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
    default:
      return choice satisfies never;
  }
}

/** The plan as the grafting repository's files, which hold no weights. */
export async function exportConfiguration(plan: Plan, shape: DitShape): Promise<FileBlob & ExportCheck> {
  const written = await exportYaml(plan, shape);
  const checked = await checkYaml(plan, written);
  return { name: written.name, blob: written.blob, maxDeviation: null, inputs: 0, checked };
}

function inBlob({ name, bytes }: FileBytes): FileBlob {
  return { name, blob: new Blob([bytes]) };
}
