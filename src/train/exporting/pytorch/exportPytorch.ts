// A grafted model as a folder that PyTorch runs, in one ZIP archive: model.py, weights, plan, and outputs to check against.
import { writeSafetensors } from '../../../formats/safetensors.ts';
import { writeZip } from '../../../formats/zipWrite.ts';
import { f32, i32, type Tensor } from '../../../lib/tensor.ts';
import { type DescribedModel, describeModel, type FileBlob, fileName } from '../graftedModel.ts';
import type { Probe, StepResult } from '../probes.ts';
import { timestepsOf } from '../probes.ts';
import { modelSource } from './modelSource.ts';
import { readme } from './readme.ts';

/** What the editor computed itself, for model.py to be held against. */
export interface RecordedSteps {
  readonly probes: readonly Probe[];
  readonly results: readonly StepResult[];
}

/** @param recorded undefined where the model is too large to be run here */
export async function exportPytorch(
  model: DescribedModel,
  weights: Blob,
  recorded: RecordedSteps | undefined,
): Promise<FileBlob> {
  const name = fileName(model.plan, '-pytorch.zip');
  const text = (content: string) => new Blob([content]);
  const folder = name.slice(0, -'.zip'.length);
  const records = [
    { name: `${folder}/README.md`, content: text(readme(model, recorded?.probes.length ?? 0)) },
    { name: `${folder}/model.py`, content: text(modelSource(model)) },
    { name: `${folder}/plan.json`, content: text(`${JSON.stringify(model.plan, null, 2)}\n`) },
    ...(recorded ? [{ name: `${folder}/check.safetensors`, content: checkFile(model, recorded) }] : []),
    { name: `${folder}/model.safetensors`, content: weights },
  ];
  return { name, blob: await writeZip(records) };
}

/** Inputs and outputs of every step, numbered. */
function checkFile(model: DescribedModel, { probes, results }: RecordedSteps): Blob {
  const tensors: Record<string, Tensor> = {
    ...Object.fromEntries(probes.map(({ x }, i) => [`x.${i}`, x])),
    ...Object.fromEntries(probes.map(({ y }, i) => [`y.${i}`, y])),
    ...Object.fromEntries(
      results.flatMap((result, i) =>
        Object.entries(result).map(([name, tensor]) => [`${name}.${i}`, tensor]),
      ),
    ),
    t: i32(
      [probes.length],
      probes.map((probe) => timestepsOf(probe).t),
    ),
    t_prev: i32(
      [probes.length],
      probes.map((probe) => timestepsOf(probe).previous),
    ),
    guidance: f32(
      [probes.length],
      probes.map(({ guidance }) => guidance),
    ),
  };
  return new Blob([writeSafetensors(tensors, describeModel(model), { dtype: 'f32' })]);
}
