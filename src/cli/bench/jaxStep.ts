// The benchmark's train step as a jax-js user would write it: the DiT of models/dit.ts, its gradient and AdamW, jitted.
// jax-js counts references by hand: an array is consumed by its first use, `.ref` keeps it for another one.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { linearSchedule } from '../../diffusion/schedule.ts';
import type { Feeds } from '../../engine/engine.ts';
import { known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { timeCodeWidth } from '../../models/dit.ts';
import { positionCode } from '../../models/positionCode.ts';
import { gridOf, outChannels } from '../../models/shape.ts';
import { timestepCode } from '../../models/timestepCode.ts';
import { unpack } from '../../train/parameters.ts';
import { benchProblem, benchShape } from './workload.ts';

type Arr = np.Array;
type Params = Record<string, Arr>;

const { width: D, heads: H, patchSize: P, channels: C, inputSize, depth, classes } = benchShape;
const G = gridOf(benchShape);
const N = G * G;

export interface JaxTraining {
  /** One step; answers with the loss. */
  readonly step: () => Promise<number>;
}

export async function startJax(batch: number): Promise<JaxTraining> {
  const available = await init('wasm');
  if (!available.includes('wasm')) throw new Error('jax-js has no WebAssembly back-end here.');
  defaultDevice('wasm');
  const problem = benchProblem(batch);
  const weights = unpack(problem.step.layout, known(problem.initial.vectors.parameters, 'parameters'));
  let p: Params = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      oriented(name, np.array(Float32Array.from(data)).reshape([...shape])),
    ]),
  );
  const zerosLike = (params: Params): Params =>
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, np.zeros(value.shape)]));
  let [m, v] = [zerosLike(p), zerosLike(p)];
  const inputs = batchArrays(batch, problem.feeds(0));
  const step = jit(trainStep);
  let count = 0;
  return {
    async step() {
      count++;
      const scale = Math.sqrt(1 - 0.999 ** count) / (1 - 0.9 ** count);
      const [p2, m2, v2, loss] = step(p, m, v, tree.ref(inputs), np.array(1e-4 * scale)) as [
        Params,
        Params,
        Params,
        Arr,
      ];
      [p, m, v] = [p2, m2, v2];
      const [value] = await loss.data();
      // The loss is known before the backward pass has run.
      await blockUntilReady([p, m, v]);
      return known(value, 'loss');
    },
  };
}

/** Matrices as [in, out], which is how jax code multiplies; the label table stays [classes, D]. */
function oriented(name: string, value: Arr): Arr {
  if (name.includes('embedding_table') || value.shape.length < 2) return value;
  const [out = 0] = value.shape;
  return value.reshape([out, value.size / out]).transpose();
}

/** The batch that Scion's engines are fed with, noised and encoded on the host. */
function batchArrays(batch: number, feeds: Feeds): Params {
  const values = (name: string) => known(feeds[name] as Tensor | undefined, name).data;
  const [x0, noise, t, y] = [values('x0'), values('noise'), values('t'), values('y')];
  const { alphasCumprod } = linearSchedule();
  const pixels = x0.length / batch;
  const noised = Float32Array.from(x0, (value, i) => {
    const kept = known(alphasCumprod[t[Math.floor(i / pixels)] ?? 0], 'alpha');
    return Math.sqrt(kept) * value + Math.sqrt(1 - kept) * (noise[i] ?? 0);
  });
  const labels = new Float32Array(batch * (classes + 1));
  y.forEach((label, i) => {
    labels[i * (classes + 1) + label] = 1;
  });
  const image = [batch, C, inputSize, inputSize];
  return {
    x: np.array(noised).reshape(image),
    noise: np.array(Float32Array.from(noise)).reshape(image),
    code: np.array(timestepCode(t, timeCodeWidth)).reshape([batch, timeCodeWidth]),
    labels: np.array(labels).reshape([batch, classes + 1]),
    position: np.array(positionCode(D, G)).reshape([1, N, D]),
  };
}

function trainStep(p: Params, m: Params, v: Params, inputs: Params, stepSize: Arr) {
  const [loss, g] = valueAndGrad(lossOf)(tree.ref(p), inputs) as [Arr, Params];
  const norms = Object.values(g).map((part) => np.sum(np.square(part.ref)));
  const norm = np.sqrt(norms.reduce((sum, part) => sum.add(part)));
  const clip = np.minimum(np.reciprocal(norm.add(1e-6)), 1);
  const [p2, m2, v2]: [Params, Params, Params] = [{}, {}, {}];
  for (const [name, raw] of Object.entries(g)) {
    const gradient = raw.mul(clip.ref);
    const mean = at(m, name).mul(0.9).add(gradient.ref.mul(0.1));
    const square = at(v, name).mul(0.999).add(np.square(gradient).mul(0.001));
    m2[name] = mean.ref;
    v2[name] = square.ref;
    p2[name] = at(p, name).sub(mean.mul(stepSize.ref).div(np.sqrt(square).add(1e-8)));
  }
  clip.dispose();
  stepSize.dispose();
  return [p2, m2, v2, loss];
}

function at(params: Params, name: string): Arr {
  return known(params[name], name);
}

/** x [rows, in] · w [in, out] + b. */
function linear(p: Params, name: string, x: Arr): Arr {
  return np.matmul(x, at(p, `${name}.weight`)).add(at(p, `${name}.bias`));
}

function lossOf(p: Params, { x: image, noise, code, labels, position }: Params): Arr {
  const batch = known(image, 'image').shape[0] ?? 0;
  const cells = known(image, 'image').reshape([batch, C, G, P, G, P]).transpose([0, 2, 4, 1, 3, 5]);
  const embedded = linear(p, 'x_embedder.proj', cells.reshape([batch * N, C * P * P]));
  let x = embedded.reshape([batch, N, D]).add(known(position, 'position'));
  const time = linear(p, 't_embedder.mlp.2', nn.silu(linear(p, 't_embedder.mlp.0', known(code, 'code'))));
  const label = np.matmul(known(labels, 'labels'), at(p, 'y_embedder.embedding_table.weight'));
  const condition = nn.silu(time.add(label));
  for (let i = 0; i < depth; i++) x = block(p, `blocks.${i}`, x, condition.ref);
  const [shift, scale] = parts(linear(p, 'final_layer.adaLN_modulation.1', condition), 2);
  const hidden = modulate(x, known(shift, 'shift'), known(scale, 'scale')).reshape([batch * N, D]);
  const tokens = linear(p, 'final_layer.linear', hidden).reshape([
    batch,
    G,
    G,
    P,
    P,
    outChannels(benchShape),
  ]);
  const output = tokens.transpose([0, 5, 1, 3, 2, 4]).reshape([batch, C, inputSize, inputSize]);
  return np.mean(np.square(output.sub(known(noise, 'noise'))));
}

function block(p: Params, name: string, x: Arr, condition: Arr): Arr {
  const m = parts(linear(p, `${name}.adaLN_modulation.1`, condition), 6);
  const [shift1, scale1, gate1, shift2, scale2, gate2] = m as [Arr, Arr, Arr, Arr, Arr, Arr];
  const batch = x.shape[0] ?? 0;
  const rows = [batch * N, D];
  const qkv = linear(p, `${name}.attn.qkv`, modulate(x.ref, shift1, scale1).reshape(rows));
  const [q, k, v] = np.split(qkv, 3, 1).map((part) => part.reshape([batch, N, H, D / H])) as [Arr, Arr, Arr];
  const attended = nn.dotProductAttention(q, k, v).reshape(rows);
  const first = x.add(gate1.mul(linear(p, `${name}.attn.proj`, attended).reshape([batch, N, D])));
  const hidden = nn.gelu(linear(p, `${name}.mlp.fc1`, modulate(first.ref, shift2, scale2).reshape(rows)));
  return first.add(gate2.mul(linear(p, `${name}.mlp.fc2`, hidden).reshape([batch, N, D])));
}

/** Equal parts of [B, parts·D], each as [B, 1, D]. */
function parts(modulation: Arr, count: number): Arr[] {
  const batch = modulation.shape[0] ?? 0;
  return np.split(modulation, count, 1).map((part) => part.reshape([batch, 1, D]));
}

function modulate(x: Arr, shift: Arr, scale: Arr): Arr {
  return nn.standardize(x, -1, { epsilon: 1e-6 }).mul(scale.add(1)).add(shift);
}
