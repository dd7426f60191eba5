// Convolution and transposed convolution in two dimensions, grouped and depthwise included; 1-D is a row of height one.
import { known } from '../../lib/errors.ts';
import type { Shape } from '../../lib/tensor.ts';
import type { Node } from '../graph.ts';
import { definePrimitive, elementCount, type KernelContext, type OnnxAttr } from '../primitive.ts';
import { add } from './binary.ts';
import { reshape, slice, transpose } from './move.ts';

export type Pair = readonly [number, number];
interface ConvAttrs {
  readonly stride: Pair;
  /** Zeros before the first row and column, then after the last. */
  readonly padBefore: Pair;
  readonly padAfter: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly [name: string]: Pair | number;
}
interface TransposedAttrs extends ConvAttrs {
  /** Rows and columns appended to the result, each below the stride. */
  readonly outputPadding: Pair;
}

const dims = (shape: Shape | undefined) =>
  [0, 1, 2, 3].map((axis) => shape?.[axis] ?? 0) as [number, number, number, number];
const reach = (kernel: number, dilation: number) => dilation * (kernel - 1) + 1;

function onnxAttributes(attrs: ConvAttrs): Record<string, OnnxAttr> {
  return {
    strides: { ints: attrs.stride },
    pads: { ints: [...attrs.padBefore, ...attrs.padAfter] },
    dilations: { ints: attrs.dilation },
    group: { int: attrs.groups },
  };
}

/** ONNX pads of a rank-4 tensor: a channel of zeros behind the others. */
const oneMoreChannel = [0, 0, 0, 0, 0, 1, 0, 0];

/**
 * ONNX Runtime's WebGPU kernel computes wrong sums where channels come in threes and results in fours (found with 1.30 by
 * the golden PatchGAN of six channels; microsoft/onnxruntime#29651). The batch is the channel of a weight's gradient, so
 * a batch of 6, 9 or 18 met it too.
 */
function tripsWebGpu([outs, channels]: readonly number[], { groups }: ConvAttrs): boolean {
  const [o, c] = [known(outs, 'results'), known(channels, 'channels')];
  return groups === 1 && c > 3 && c % 3 === 0 && c % 4 !== 0 && o % 4 === 0;
}

/** Visits every (input, weight, output) triple of a convolution, as element offsets. */
function eachProduct(
  x: Shape,
  w: Shape,
  y: Shape,
  attrs: ConvAttrs,
  visit: (xi: number, wi: number, yi: number) => void,
): void {
  const [batch, channels, rows, columns] = dims(x);
  const [outs, perGroup, kernelRows, kernelColumns] = dims(w);
  const [, , outRows, outColumns] = dims(y);
  const outsPerGroup = outs / attrs.groups;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outs; o++) {
      const firstChannel = Math.floor(o / outsPerGroup) * perGroup;
      for (let r = 0; r < outRows; r++)
        for (let c = 0; c < outColumns; c++) {
          const yi = ((n * outs + o) * outRows + r) * outColumns + c;
          for (let i = 0; i < kernelRows; i++) {
            const row = r * attrs.stride[0] - attrs.padBefore[0] + i * attrs.dilation[0];
            if (row < 0 || row >= rows) continue;
            for (let j = 0; j < kernelColumns; j++) {
              const column = c * attrs.stride[1] - attrs.padBefore[1] + j * attrs.dilation[1];
              if (column < 0 || column >= columns) continue;
              for (let k = 0; k < perGroup; k++) {
                const xi = ((n * channels + firstChannel + k) * rows + row) * columns + column;
                visit(xi, ((o * perGroup + k) * kernelRows + i) * kernelColumns + j, yi);
              }
            }
          }
        }
    }
}

const makeConv = definePrimitive<ConvAttrs>({
  name: 'conv',
  infer: ([x, w], attrs) => {
    if (x?.dtype !== 'f32' || w?.dtype !== 'f32' || x.shape.length !== 4 || w.shape.length !== 4) {
      return 'expected f32 [batch, channels, rows, columns] and [outs, channels / groups, rows, columns]';
    }
    const [batch, channels, rows, columns] = dims(x.shape);
    const [outs, perGroup, kernelRows, kernelColumns] = dims(w.shape);
    if (channels !== perGroup * attrs.groups || outs % attrs.groups !== 0) {
      return `${channels} channels in ${attrs.groups} groups do not fit weights for ${perGroup} channels and ${outs} outs`;
    }
    const extent = (axis: 0 | 1, size: number, kernel: number) => {
      const room = size + attrs.padBefore[axis] + attrs.padAfter[axis] - reach(kernel, attrs.dilation[axis]);
      return Math.floor(room / attrs.stride[axis]) + 1;
    };
    const shape = [batch, outs, extent(0, rows, kernelRows), extent(1, columns, kernelColumns)];
    return shape.every((e) => e > 0)
      ? { shape, dtype: 'f32' }
      : 'the kernel is larger than the padded operand';
  },
  gradient: ({ inputs: [operand, weight], attrs, dy }) => {
    const [x, w] = [known(operand, 'operand'), known(weight, 'weight')];
    return [inputGradient(x, w, dy, attrs), weightGradient(x, w.shape, dy, attrs)];
  },
  kernel: (context: KernelContext<ConvAttrs>) => {
    const [x, w] = [known(context.inputs[0], 'operand'), known(context.inputs[1], 'weight')];
    const y = context.allocate();
    const sums = new Float64Array(y.length);
    const [a, b] = context.nodes;
    eachProduct(known(a, 'x').shape, known(b, 'w').shape, context.node.shape, context.attrs, (xi, wi, yi) => {
      sums[yi] = (sums[yi] ?? 0) + (x[xi] ?? 0) * (w[wi] ?? 0);
    });
    y.set(sums);
    return y;
  },
  lower: ({ emit, inputs, nodes, attrs }) => {
    const operands = tripsWebGpu(dims(nodes[1]?.shape), attrs)
      ? inputs.map((operand) => emit.node('Pad', [operand, emit.ints(oneMoreChannel)]))
      : inputs;
    return emit.node('Conv', operands, onnxAttributes(attrs));
  },
  macs: (node) => {
    const [, perGroup, rows, columns] = dims(node.inputs[1]?.shape);
    return elementCount(node) * perGroup * rows * columns;
  },
});

const makeTransposed = definePrimitive<TransposedAttrs>({
  name: 'convTranspose',
  infer: ([x, w], attrs) => {
    if (x?.dtype !== 'f32' || w?.dtype !== 'f32' || x.shape.length !== 4 || w.shape.length !== 4) {
      return 'expected f32 [batch, channels, rows, columns] and [channels, outs / groups, rows, columns]';
    }
    const [batch, channels, rows, columns] = dims(x.shape);
    const [ins, perGroup, kernelRows, kernelColumns] = dims(w.shape);
    if (channels !== ins || channels % attrs.groups !== 0) {
      return `${channels} channels in ${attrs.groups} groups do not fit weights for ${ins}`;
    }
    const extent = (axis: 0 | 1, size: number, kernel: number) =>
      (size - 1) * attrs.stride[axis] +
      reach(kernel, attrs.dilation[axis]) -
      attrs.padBefore[axis] -
      attrs.padAfter[axis] +
      attrs.outputPadding[axis];
    const shape = [
      batch,
      perGroup * attrs.groups,
      extent(0, rows, kernelRows),
      extent(1, columns, kernelColumns),
    ];
    return shape.every((e) => e > 0) ? { shape, dtype: 'f32' } : 'the padding is larger than the result';
  },
  // The transposed convolution is the adjoint of the convolution that maps its result to its operand.
  gradient: ({ inputs: [operand, weight], attrs, dy }) => {
    const [x, w] = [known(operand, 'operand'), known(weight, 'weight')];
    const { outputPadding: _, ...forward } = attrs;
    return [makeConv([dy, w], forward as ConvAttrs), weightGradient(dy, w.shape, x, forward as ConvAttrs)];
  },
  kernel: (context: KernelContext<TransposedAttrs>) => {
    const [x, w] = [known(context.inputs[0], 'operand'), known(context.inputs[1], 'weight')];
    const y = context.allocate();
    const sums = new Float64Array(y.length);
    const [a, b] = context.nodes;
    eachProduct(context.node.shape, known(b, 'w').shape, known(a, 'x').shape, context.attrs, (yi, wi, xi) => {
      sums[yi] = (sums[yi] ?? 0) + (x[xi] ?? 0) * (w[wi] ?? 0);
    });
    y.set(sums);
    return y;
  },
  lower: ({ emit, inputs, attrs }) =>
    emit.node('ConvTranspose', inputs, {
      ...onnxAttributes(attrs),
      output_padding: { ints: attrs.outputPadding },
    }),
  macs: (node) => {
    const [x, w] = node.inputs;
    const [, perGroup, rows, columns] = dims(w?.shape);
    return elementCount(known(x, 'operand')) * perGroup * rows * columns;
  },
});

function inputGradient(x: Node, w: Node, dy: Node, attrs: ConvAttrs): Node {
  const [, , rows, columns] = dims(x.shape);
  const [, , kernelRows, kernelColumns] = dims(w.shape);
  const [, , outRows, outColumns] = dims(dy.shape);
  // What the stride left over at the end of the operand received no product.
  const left = (axis: 0 | 1, size: number, out: number, kernel: number) =>
    size -
    ((out - 1) * attrs.stride[axis] +
      reach(kernel, attrs.dilation[axis]) -
      attrs.padBefore[axis] -
      attrs.padAfter[axis]);
  const outputPadding: Pair = [
    left(0, rows, outRows, kernelRows),
    left(1, columns, outColumns, kernelColumns),
  ];
  return makeTransposed([dy, w], { ...attrs, outputPadding });
}

/**
 * Adjoint of the weights as a convolution: the operand's channels become the batch, the batch becomes the channels,
 * dy becomes the kernel, and stride and dilation change places.
 */
function weightGradient(x: Node, shape: Shape, dy: Node, attrs: ConvAttrs): Node {
  const [outs, perGroup, kernelRows, kernelColumns] = dims(shape);
  const [batch, , rows, columns] = dims(x.shape);
  const { groups } = attrs;
  const byGroup = reshape(x, [batch, groups, perGroup, rows, columns]);
  const asBatch = reshape(transpose(byGroup, [2, 1, 0, 3, 4]), [perGroup, groups * batch, rows, columns]);
  const full = makeConv([asBatch, transpose(dy, [1, 0, 2, 3])], {
    ...attrs,
    stride: attrs.dilation,
    dilation: attrs.stride,
  });
  const cut = slice(slice(full, 2, 0, kernelRows), 3, 0, kernelColumns);
  return reshape(transpose(cut, [1, 0, 2, 3]), [outs, perGroup, kernelRows, kernelColumns]);
}

export interface ConvOptions {
  readonly stride?: Pair;
  /** The same zeros on both sides, or before and after. */
  readonly padding?: Pair | { readonly before: Pair; readonly after: Pair };
  readonly dilation?: Pair;
  readonly groups?: number;
}

function attrsOf(options: ConvOptions): ConvAttrs {
  const padding = options.padding ?? [0, 0];
  const both = 'before' in padding ? padding : { before: padding, after: padding };
  return {
    stride: options.stride ?? [1, 1],
    padBefore: both.before,
    padAfter: both.after,
    dilation: options.dilation ?? [1, 1],
    groups: options.groups ?? 1,
  };
}

const withBias = (y: Node, bias: Node | undefined) =>
  bias ? add(y, reshape(bias, [1, bias.shape[0] ?? 0, 1, 1])) : y;

/** x [B, C, H, W], weight [O, C/groups, h, w], bias [O] → [B, O, H', W']. */
export function conv2d(x: Node, weight: Node, bias?: Node, options: ConvOptions = {}): Node {
  return withBias(makeConv([x, weight], attrsOf(options)), bias);
}

/** x [B, C, H, W], weight [C, O/groups, h, w], bias [O] → [B, O, H', W']: PyTorch's ConvTranspose2d. */
export function convTranspose2d(
  x: Node,
  weight: Node,
  bias?: Node,
  options: ConvOptions & { readonly outputPadding?: Pair } = {},
): Node {
  const attrs = { ...attrsOf(options), outputPadding: options.outputPadding ?? ([0, 0] as const) };
  return withBias(makeTransposed([x, weight], attrs), bias);
}

export interface Conv1dOptions {
  readonly stride?: number;
  readonly padBefore?: number;
  readonly padAfter?: number;
  readonly dilation?: number;
  readonly groups?: number;
}

/** x [B, C, L], weight [O, C/groups, k], bias [O] → [B, O, L']. */
export function conv1d(x: Node, weight: Node, bias?: Node, options: Conv1dOptions = {}): Node {
  const y = conv2d(asRow(x), asRow(weight), bias, {
    stride: [1, options.stride ?? 1],
    padding: { before: [0, options.padBefore ?? 0], after: [0, options.padAfter ?? 0] },
    dilation: [1, options.dilation ?? 1],
    groups: options.groups ?? 1,
  });
  return reshape(y, [y.shape[0] ?? 0, y.shape[1] ?? 0, y.shape[3] ?? 0]);
}

function asRow(x: Node): Node {
  const [a, b, length] = x.shape;
  return reshape(x, [a ?? 0, b ?? 0, 1, length ?? 0]);
}
