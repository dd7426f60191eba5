// What the cases of the micro set share: tolerances as shares of a tensor's largest entry, and results by name.
import type { Engine } from '../../engine/engine.ts';
import { input, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import type { Checks } from './caseRunner.ts';
import { largest } from './compare.ts';
import { FedTensors } from './compute.ts';
import type { GoldenCase } from './goldenCase.ts';
import { record, type Tolerance } from './manifest.ts';

/** The set's README: kernels with approximate exp, tanh or sin may need five times more. */
const gpuFactor = 5;

/** |got − want| ≤ share · max(largest |want|, floor). */
export function shareOfLargest(
  golden: GoldenCase,
  engine: Engine,
  key: string,
  share: number,
  floor = 0,
): Tolerance {
  const factor = engine.id === 'webgpu' ? gpuFactor : 1;
  return { atol: factor * share * Math.max(largest(golden.tensor(key).data), floor), rtol: 0 };
}

/** A number below `tolerances`. */
export function tolerance(golden: GoldenCase, name: string): number {
  return Number(record(golden.manifest.entry.tolerances)[name] ?? 0);
}

/** By the prefix of a tensor's name: outputs and intermediate values, gradients of inputs, gradients of weights. */
export function ruleOf(golden: GoldenCase, engine: Engine, key: string): Tolerance {
  const share = (name: string, floor?: number) =>
    shareOfLargest(golden, engine, key, tolerance(golden, name), floor);
  if (key.startsWith('grad_in/')) return share('grad_input');
  if (key.startsWith('grad_')) return share('grad_weight', tolerance(golden, 'grad_weight_floor'));
  return share('output');
}

const isResult = (key: string) => /^(out|grad_\w+)\//.test(key);

/** Compares results by their names in the manifest; a result of the manifest that is missing here fails. */
export function checkResults(
  golden: GoldenCase,
  { engine, checks }: { readonly engine: Engine; readonly checks: Checks },
  results: Readonly<Record<string, { readonly data: ArrayLike<number> }>>,
  rule: (key: string) => Tolerance = (key) => ruleOf(golden, engine, key),
): void {
  for (const key of golden.manifest.tensors.keys()) {
    const got = results[key];
    if (got) checks.add(key, got.data, rule(key));
    else if (isResult(key)) checks.fail(key, 'nothing was computed for it');
  }
}

/** |got − want| ≤ tol · scale for the scalar loss of the manifest. */
export function checkLoss(golden: GoldenCase, checks: Checks, got: number): void {
  const { value, scale } = record(golden.manifest.entry.loss);
  checks.addValues('loss', [got], [Number(value)], {
    atol: tolerance(golden, 'loss') * Number(scale),
    rtol: 0,
  });
}

/** The tensors of a file as graph inputs below a prefix. */
export function fedFile(golden: GoldenCase, key: string, prefix = 'w/'): FedTensors {
  return new FedTensors(prefix, golden.fileOf(key));
}

/** Tensors of the case as graph inputs of their own names. */
export function fedCase(golden: GoldenCase): FedTensors {
  return new FedTensors('', new Map([...golden.fileOf('data_file')]));
}

/** Keys below a prefix with the nodes that compute them, for `gradients`. */
export function gradientOutputs(
  prefix: string,
  names: readonly string[],
  nodes: readonly (Node | undefined)[],
): Record<string, Node> {
  return Object.fromEntries(names.map((name, i) => [`${prefix}${name}`, known(nodes[i], name)]));
}

/** An input with the shape of a tensor. */
export function inputLike(name: string, { shape, dtype }: Tensor): Node {
  return input(name, shape, dtype);
}
