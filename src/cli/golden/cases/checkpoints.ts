// checkpoints: one model in every file format and naming, each to reach one forward pass; and the .pt reader's layouts.
import { memorySource } from '../../../formats/byteSource.ts';
import { openCheckpoint } from '../../../formats/checkpoint.ts';
import { known, sentence } from '../../../lib/errors.ts';
import type { Tensor } from '../../../lib/tensor.ts';
import { type DitCheckpoint, readAllTensors, recogniseDit } from '../../../models/checkpoint.ts';
import { dit } from '../../../models/dit.ts';
import type { DitShape } from '../../../models/shape.ts';
import type { CaseRunner, Checks, Lab } from '../caseRunner.ts';
import { compute, ditInputs, FedTensors } from '../compute.ts';
import { ditShape } from '../ditCase.ts';
import { fileName } from '../findCases.ts';
import type { GoldenCase } from '../goldenCase.ts';
import type { Tolerance } from '../manifest.ts';
import { checkLayouts } from './torchLayouts.ts';

const output = 'expected: outputs/y';

export const checkpointsCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ tensors }) => tensors.has(output),
  async run(golden, lab) {
    for (const [path, bytes] of golden.bytes) {
      const file = fileName(path);
      if (file.startsWith('expected.')) continue;
      try {
        if ('layouts' in golden.manifest.scalars && file.startsWith('layouts.')) {
          await checkLayouts(golden, lab.checks, bytes);
        } else {
          await checkFile(golden, lab, file, bytes);
        }
      } catch (error) {
        lab.checks.fail(file, sentence(error));
      }
    }
  },
};

async function checkFile(
  golden: GoldenCase,
  { engine, checks }: Lab,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  const stored = await openCheckpoint(memorySource(bytes, file));
  const shape = ditShape(golden);
  const checkpoint = recogniseDit(stored, { hints: { heads: shape.heads, inputSize: shape.inputSize } });
  checks.addEqual(`${file}: shape`, comparable(checkpoint.shape), comparable(shape));
  const weights = await readAllTensors(checkpoint);
  const types = new Set([...stored.tensors.values()].map(({ dtype }) => String(dtype)));
  const rounding = roundingOf(types);
  if (rounding === undefined) checkDigests(golden, checks, file, checkpoint, weights);
  const results = await forward(golden, engine, checkpoint, weights);
  const got = known(results.output, 'output').data;
  const rule = rounding === undefined ? undefined : roundedTolerance(golden, rounding);
  checks.add(output, got, rule, `${file}: outputs/y`);
}

/** Tensors tell the hidden width of the MLPs; a ratio that does not come out even is rounded down in it. */
function comparable({ mlpRatio, ...shape }: DitShape) {
  return { ...shape, hidden: Math.floor(mlpRatio * shape.width) };
}

/** Of files in half precision the output is expected only to a share of its largest value. */
function roundingOf(types: ReadonlySet<string>): number | undefined {
  if (types.has('BF16')) return 1e-1;
  return types.has('F16') ? 1e-2 : undefined;
}

function roundedTolerance(golden: GoldenCase, share: number): Tolerance {
  let largest = 0;
  for (const value of golden.tensor(output).data) largest = Math.max(largest, Math.abs(value));
  return { atol: share * largest };
}

async function forward(
  golden: GoldenCase,
  engine: Lab['engine'],
  { shape, grafts }: DitCheckpoint,
  weights: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const w = new FedTensors('weights/', weights);
  const { inputs, feeds } = ditInputs({
    x: golden.tensor('expected: inputs/x'),
    t: golden.tensor('expected: inputs/t'),
    y: golden.tensor('expected: inputs/y'),
  });
  return compute(engine, { output: dit(shape, w.node, inputs, grafts).output }, { ...w.feeds, ...feeds });
}

/** Sum, norm and first numbers of every tensor, and how many numbers there are in all. */
function checkDigests(
  golden: GoldenCase,
  checks: Checks,
  file: string,
  { tensors }: DitCheckpoint,
  weights: Readonly<Record<string, Tensor>>,
): void {
  const [got, want]: [number[], number[]] = [[], []];
  for (const name of tensors.keys()) {
    const entry = golden.manifest.tensors.get(name)?.entry;
    if (!entry) continue;
    const data = Array.from(known(weights[name], name).data);
    const head = Array.isArray(entry.head) ? entry.head.map(Number) : [];
    const sum = data.reduce((total, value) => total + value, 0);
    const norm = Math.sqrt(data.reduce((total, value) => total + value ** 2, 0));
    got.push(sum, norm, ...data.slice(0, head.length));
    want.push(Number(entry.sum), Number(entry.norm), ...head);
  }
  checks.addValues(`${file}: sum, norm and head of every tensor`, got, want, { atol: 1e-9 });
  const { parameters } = golden.manifest.scalars;
  if (typeof parameters === 'number') {
    const count = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
    checks.addEqual(`${file}: parameters`, count, parameters);
  }
}
