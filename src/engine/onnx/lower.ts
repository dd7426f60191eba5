// Lowers a graph to an ONNX model in memory. Inputs and outputs keep their names.
import { onnxTypes } from '../../formats/onnxEnums.ts';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../../formats/onnxModel.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { type OnnxAttr, type OnnxEmitter, primitiveOf } from '../../graph/primitive.ts';
import { assert, known } from '../../lib/errors.ts';
import { type DType, sameShape, type Tensor, tensor } from '../../lib/tensor.ts';

/** Gelu needs opset 20, which needs IR version 9. */
const opset = 20;
const irVersion = 9;

export interface LoweringOptions {
  readonly name: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Inputs that become weights of the model, under their own names, instead of being fed. */
  readonly initializers?: Readonly<Record<string, Tensor>>;
  /** Integer inputs that the model takes as int64, the integers of NumPy and PyTorch. */
  readonly int64Inputs?: readonly string[];
}

/** An ONNX model that computes the graph's outputs from its inputs. */
export function lowerToOnnx(graph: Graph, options: LoweringOptions): OnnxModel {
  const { initializers = {}, int64Inputs = [] } = options;
  const writer = new Writer();
  const names = new Map<Node, string>();
  for (const node of graph.nodes) {
    const name = node.op === 'input' ? inputName(node, options, writer) : nameOf(node, names, writer);
    names.set(node, name);
  }
  const renamed = nameOutputs(graph, names, writer);
  return {
    irVersion,
    opsets: [{ domain: '', version: opset }],
    producerName: 'Scion',
    metadata: options.metadata ?? {},
    graph: {
      name: options.name,
      nodes: writer.nodesWith(renamed),
      initializers: writer.initializers,
      inputs: [...graph.inputs]
        .filter(([name]) => !Object.hasOwn(initializers, name))
        .map(([name, node]) => ({
          ...valueInfo(name, node),
          ...(int64Inputs.includes(name) ? { dtype: 'int64' as const } : {}),
        })),
      outputs: [...graph.outputs].map(([name, node]) => valueInfo(name, node)),
    },
  };
}

function inputName(
  node: Node,
  { initializers = {}, int64Inputs = [] }: LoweringOptions,
  writer: Writer,
): string {
  const name = String(node.attrs.name);
  if (Object.hasOwn(initializers, name)) {
    const value = known(initializers[name], name);
    assert(
      value.dtype === node.dtype && sameShape(value.shape, node.shape),
      () => `initializer ${name} is not what the graph takes`,
    );
    writer.initializer(name, value);
  } else if (int64Inputs.includes(name)) {
    writer.scope = node.scope;
    return writer.node('Cast', [name], { to: { int: onnxTypes[onnxType[node.dtype]] } });
  }
  return name;
}

function nameOf(node: Node, names: ReadonlyMap<Node, string>, writer: Writer): string {
  const inputs = node.inputs.map((input) => known(names.get(input), 'lowered operand'));
  writer.scope = node.scope;
  return primitiveOf(node.op).lower({ emit: writer, inputs, nodes: node.inputs, attrs: node.attrs, node });
}

/** Values that are outputs take the outputs' names; one that already has a name is copied by an Identity node. */
function nameOutputs(graph: Graph, names: ReadonlyMap<Node, string>, writer: Writer): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const [output, node] of graph.outputs) {
    const value = known(names.get(node), 'lowered output');
    if (writer.isOwnValue(value) && !renamed.has(value)) renamed.set(value, output);
    else renamed.set(writer.node('Identity', [value]), output);
  }
  return renamed;
}

function valueInfo(name: string, node: Node): OnnxValue {
  return { name, dtype: onnxType[node.dtype], shape: node.shape };
}

const onnxType: Record<DType, OnnxTensor['dtype']> = {
  f32: 'float',
  f16: 'float16',
  i32: 'int32',
  bool: 'bool',
};

/** Collects nodes and initializers; equal small initializers and the same large one are written once. */
class Writer implements OnnxEmitter {
  readonly initializers: OnnxTensor[] = [];
  scope = '';
  readonly #nodes: OnnxNode[] = [];
  readonly #values = new Set<string>();
  readonly #shared = new Map<unknown, string>();
  #count = 0;

  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttr>> = {},
  ): string {
    return known(this.nodes(opType, inputs, 1, attributes)[0], 'result');
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    results: number,
    attributes: Readonly<Record<string, OnnxAttr>> = {},
  ): readonly string[] {
    const outputs = Array.from({ length: results }, () => this.#fresh());
    for (const output of outputs) this.#values.add(output);
    const named = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]),
    );
    const name = `${this.scope === '' ? 'graph' : this.scope}/${opType}_${this.#nodes.length}`;
    this.#nodes.push({ opType, name, inputs: [...inputs], outputs, attributes: named });
    return outputs;
  }

  ints(values: readonly number[]): string {
    return this.#share(`ints:${values.join(',')}`, () => ({
      dtype: 'int64',
      shape: [values.length],
      data: BigInt64Array.from(values, BigInt),
    }));
  }

  int(value: number): string {
    return this.#share(`int:${value}`, () => ({
      dtype: 'int64',
      shape: [],
      data: BigInt64Array.of(BigInt(value)),
    }));
  }

  float(value: number): string {
    return this.tensor(tensor('f32', [], Float64Array.of(value)));
  }

  tensor(value: Tensor): string {
    const small = value.data.length <= 64;
    const key = small ? `${value.dtype}[${value.shape}]:${value.data.join(',')}` : value.data;
    return this.#share(key, () => stored(value));
  }

  /** A weight under its own name; the names that this writer makes up are `v` and a number. */
  initializer(name: string, value: Tensor): void {
    assert(!/^v\d+$/.test(name), () => `${name} is a name of the writer's own`);
    this.initializers.push({ name, ...stored(value) });
  }

  isOwnValue(name: string): boolean {
    return this.#values.has(name);
  }

  nodesWith(renamed: ReadonlyMap<string, string>): OnnxNode[] {
    const rename = (name: string) => renamed.get(name) ?? name;
    return this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
  }

  #share(key: unknown, make: () => Omit<OnnxTensor, 'name'>): string {
    const found = this.#shared.get(key);
    if (found !== undefined) return found;
    const name = this.#fresh();
    this.initializers.push({ name, ...make() });
    this.#shared.set(key, name);
    return name;
  }

  #fresh(): string {
    return `v${this.#count++}`;
  }
}

function stored({ dtype, shape, data }: Tensor): Omit<OnnxTensor, 'name'> {
  return {
    dtype: onnxType[dtype],
    shape,
    data: data instanceof Float64Array ? Float32Array.from(data) : data,
  };
}

function attributeOf(value: OnnxAttr): OnnxAttribute {
  if ('int' in value) return { type: 'int', value: value.int };
  if ('ints' in value) return { type: 'ints', value: [...value.ints] };
  if ('float' in value) return { type: 'float', value: value.float };
  return { type: 'string', value: value.string };
}
