// Proof of an exported file: its bytes are opened again from scratch, run, and held against the model in memory.
import type { Engine } from '../../engine/engine.ts';
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { memorySource } from '../../formats/byteSource.ts';
import { assert, known, UserError } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { planHash } from '../../plan/hash.ts';
import { halfEnding } from './exportSafetensors.ts';
import type { FileBytes, GraftedModel } from './graftedModel.ts';
import { importFile } from './importFile.ts';
import {
  type Deviation,
  fileFeeds,
  largestDeviation,
  probesOf,
  type StepResult,
  samplerSteps,
  stepResult,
} from './probes.ts';

export interface ExportCheck {
  /** Largest absolute deviation from the model in memory over all outputs of all inputs; null where nothing ran. */
  readonly maxDeviation: number | null;
  readonly inputs: number;
  /** One sentence on what was checked. */
  readonly checked: string;
}

const inputs = 6;

/** Reads the file as any dropped file is read, and runs what it holds beside the model in memory. */
export async function checkSafetensors(
  engine: Engine,
  model: GraftedModel,
  file: FileBytes,
): Promise<ExportCheck> {
  const probes = probesOf(model.frame.shape, 1, inputs);
  const back = await reopened(model, file);
  const wanted = await samplerSteps(engine, model, probes);
  const got = await samplerSteps(engine, back, probes);
  const { value, where } = deviation(file, largestDeviation(probes, wanted, got));
  return {
    maxDeviation: value,
    inputs,
    checked: `Read back from its bytes, ${weightsInWords(model, back, file)}, and run for ${inputs} denoising steps from seeded noise beside the model in memory, on ${engine.description}${where}.`,
  };
}

/** Hands the file itself to ONNX Runtime, and compares with the editor's own sampler. */
export async function checkOnnx(
  engine: OnnxEngine,
  model: GraftedModel,
  file: FileBytes,
  batch = 1,
): Promise<ExportCheck> {
  const back = await reopened(model, file);
  const probes = probesOf(model.frame.shape, batch, inputs);
  const wanted = await samplerSteps(engine, model, probes);
  const opened = await engine.openModel(file.bytes);
  const got: StepResult[] = [];
  try {
    for (const probe of probes) got.push(stepResult(await opened.run(fileFeeds(probe))));
  } finally {
    await opened.dispose();
  }
  const { value, where } = deviation(file, largestDeviation(probes, wanted, got));
  return {
    maxDeviation: value,
    inputs,
    checked: `Opened from its bytes by ${engine.description}, ${weightsInWords(model, back, file)}, and run for ${inputs} denoising steps from seeded noise beside the editor’s own sampler${where}.`,
  };
}

async function reopened(model: GraftedModel, { name, bytes }: FileBytes): Promise<GraftedModel> {
  const opened = await importFile(memorySource(bytes, name), { open: undefined });
  assert(planHash(opened.plan) === planHash(model.plan), () => `${name} reads back with another plan`);
  return known(opened.model, `the model of ${name}`);
}

/** Counted, not assumed: a base that was shipped in 16 bits loses nothing in a 16-bit file. */
function weightsInWords(model: GraftedModel, back: GraftedModel, { name }: FileBytes): string {
  const [before, after] = [allTensors(model), allTensors(back)];
  let [changed, all] = [0, 0];
  for (const [tensor, { data }] of Object.entries(before)) {
    const read = known(after[tensor], tensor).data;
    for (let i = 0; i < data.length; i++) if (data[i] !== read[i]) changed++;
    all += data.length;
  }
  if (changed === 0) return 'every weight unchanged';
  return `${changed} of ${all} weights ${name.endsWith(halfEnding) ? 'rounded to 16 bits' : 'changed'}`;
}

function allTensors({ frame, weights }: GraftedModel): Record<string, Tensor> {
  return { pos_embed: frame.position, ...weights };
}

function deviation(
  { name }: FileBytes,
  { value, output, timestep }: Deviation,
): { readonly value: number; readonly where: string } {
  if (Number.isFinite(value)) {
    return {
      value,
      where: value === 0 ? '' : `; the largest deviation is in ${output} at timestep ${timestep}`,
    };
  }
  throw new UserError(
    `${name} was not kept: it computes numbers that are not finite; train the graft again at a lower learning rate.`,
  );
}
