// Proof of an exported file: its bytes are opened again from scratch, run, and held against the model in memory.
import type { Engine } from '../../engine/engine.ts';
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { memorySource } from '../../formats/byteSource.ts';
import { assert, known, UserError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { FileBytes, GraftedModel } from './graftedModel.ts';
import { importFile } from './importFile.ts';
import {
  fileFeeds,
  largestDeviation,
  probesOf,
  type StepResult,
  samplerSteps,
  stepResult,
} from './probes.ts';

export interface ExportCheck {
  /** Largest absolute deviation from the model in memory over all outputs of all inputs. */
  readonly maxDeviation: number;
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
  const wanted = await samplerSteps(engine, model, probes);
  const got = await samplerSteps(engine, await reopened(model, file), probes);
  const rounded = file.name.endsWith('-f16.safetensors')
    ? '; its weights are rounded to 16 bits, so it deviates more than a file in single precision'
    : '';
  return {
    maxDeviation: deviation(file, wanted, got),
    inputs,
    checked: `Read back from its bytes and run for ${inputs} denoising steps from seeded noise beside the model in memory, on ${engine.description}${rounded}.`,
  };
}

/** Hands the file itself to ONNX Runtime, and compares with the editor's own sampler. */
export async function checkOnnx(
  engine: OnnxEngine,
  model: GraftedModel,
  file: FileBytes,
  batch = 1,
): Promise<ExportCheck> {
  await reopened(model, file);
  const probes = probesOf(model.frame.shape, batch, inputs);
  const wanted = await samplerSteps(engine, model, probes);
  const opened = await engine.openModel(file.bytes);
  const got: StepResult[] = [];
  try {
    for (const probe of probes) got.push(stepResult(await opened.run(fileFeeds(probe))));
  } finally {
    await opened.dispose();
  }
  return {
    maxDeviation: deviation(file, wanted, got),
    inputs,
    checked: `Opened from its bytes by ${engine.description}, and run for ${inputs} denoising steps from seeded noise beside the editor’s own sampler.`,
  };
}

async function reopened(model: GraftedModel, { name, bytes }: FileBytes): Promise<GraftedModel> {
  const opened = await importFile(memorySource(bytes, name), { open: undefined });
  assert(planHash(opened.plan) === planHash(model.plan), () => `${name} reads back with another plan`);
  return known(opened.model, `the model of ${name}`);
}

function deviation({ name }: FileBytes, wanted: readonly StepResult[], got: readonly StepResult[]): number {
  const largest = largestDeviation(wanted, got);
  if (Number.isFinite(largest)) return largest;
  throw new UserError(
    `${name} was not kept: it computes numbers that are not finite; train the graft again at a lower learning rate.`,
  );
}
