// A grafted model as one ONNX file that any ONNX Runtime opens: a denoising step with guidance, weights and tables inside.
import { lowerToOnnx } from '../../engine/onnx/lower.ts';
import { encodeOnnx } from '../../formats/onnxModel.ts';
import { type Graph, simplify } from '../../graph/index.ts';
import { known, UserError } from '../../lib/errors.ts';
import { graftsOf } from '../../models/pictures.ts';
import type { DitShape } from '../../models/shape.ts';
import { describeModel, type FileBytes, fileName, type GraftedModel, metadataKeys } from './graftedModel.ts';
import { stepGraph, stepInputs } from './stepGraph.ts';

export interface OnnxOptions {
  /** Images of one run: the shapes of the file are fixed. */
  readonly batch: number;
}

const mostImages = 1024;

export function exportOnnx(model: GraftedModel, { batch }: OnnxOptions = { batch: 1 }): FileBytes {
  if (!Number.isInteger(batch) || batch < 1 || batch > mostImages) {
    throw new UserError(`An ONNX file computes 1 to ${mostImages} images in one run, got ${batch}.`);
  }
  const { frame, plan, weights } = model;
  const name = fileName(plan, '.onnx');
  const { format: _, ...metadata } = describeModel(model); // `format: pt` is a word of safetensors files.
  const graph = inputsInOrder(simplify(stepGraph(frame, graftsOf(plan), batch)));
  const onnx = lowerToOnnx(graph, {
    name: 'ddim_step',
    metadata: { ...metadata, ...manual(name, frame.shape, batch) },
    initializers: { ...weights, pos_embed: frame.position },
    int64Inputs: ['t', 't_prev', 'y'],
  });
  return { name, bytes: encodeOnnx(onnx) };
}

/** As people read them: the images first. */
function inputsInOrder(graph: Graph): Graph {
  const first = stepInputs.map((name) => [name, known(graph.inputs.get(name), name)] as const);
  return { ...graph, inputs: new Map([...first, ...graph.inputs]) };
}

function manual(name: string, shape: DitShape, batch: number): Record<string, string> {
  const { channels, inputSize, classes } = shape;
  const image = `[${batch}, ${channels}, ${inputSize}, ${inputSize}]`;
  return {
    [metadataKeys.inputs]: [
      `x float32 ${image}: noised images, pure noise at first`,
      't int64 [1]: timestep of x, 0 to 999, the same for all images',
      't_prev int64 [1]: timestep to go to, below t; -1 for the clean image',
      `y int64 [${batch}]: class of each image, 0 to ${classes - 1}; ${classes} is the null class`,
      'guidance float32 [1]: scale of classifier-free guidance; 1 is the plain conditional model',
    ].join('\n'),
    [metadataKeys.outputs]: [
      `x_prev float32 ${image}: x one DDIM step (eta 0) later`,
      `x0 float32 ${image}: estimate of the clean images, clipped to [-1, 1]`,
      `eps float32 ${image}: guided estimate of the noise`,
    ].join('\n'),
    [metadataKeys.usage]: usage(name, shape, batch),
  };
}

/** Fifty steps in Python, with the timesteps that Scion's own sampler takes. */
function usage(name: string, { channels, inputSize, classes }: DitShape, batch: number): string {
  const image = `(${batch}, ${channels}, ${inputSize}, ${inputSize})`;
  return `import numpy as np, onnxruntime as ort
step, times = ort.InferenceSession("${name}"), np.linspace(999, 0, 50).round().astype(np.int64)
x, y = np.random.default_rng(0).standard_normal(${image}, dtype=np.float32), np.arange(${batch}, dtype=np.int64) % ${classes}
for t, t_prev in zip(times, [*times[1:], -1]):
    x = step.run(["x_prev"], {"x": x, "t": np.int64([t]), "t_prev": np.int64([t_prev]), "y": y, "guidance": np.float32([2])})[0]
`;
}
