// What a primitive is: one record that answers every question about an operation, and the builder made from it.
import { ShapeError } from '../lib/errors.ts';
import { type DType, type Shape, showShape, sizeOf, type Tensor, type TensorData } from '../lib/tensor.ts';
import type { Attrs, Node } from './graph.ts';
import { currentScope } from './scope.ts';

export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface KernelContext<A> {
  /** Host data of the inputs; f32 data is Float32Array or Float64Array, by the engine's precision. */
  readonly inputs: readonly TensorData[];
  readonly nodes: readonly Node[];
  readonly attrs: A;
  readonly node: Node;
  /** A zeroed array for the node's dtype in the engine's precision. */
  allocate(): TensorData;
}

/** Writes ONNX nodes; every method answers with the name of a value. */
export interface OnnxEmitter {
  node(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttr>>): string;
  /** As `node`, for operations with several results. */
  nodes(
    opType: string,
    inputs: readonly string[],
    results: number,
    attributes?: Readonly<Record<string, OnnxAttr>>,
  ): readonly string[];
  /** An int64 initializer of rank 1. */
  ints(values: readonly number[]): string;
  /** An int64 scalar initializer. */
  int(value: number): string;
  /** A float32 scalar initializer. */
  float(value: number): string;
  tensor(value: Tensor): string;
}
export type OnnxAttr =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string };

export interface LowerContext<A> {
  readonly emit: OnnxEmitter;
  readonly inputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly attrs: A;
  readonly node: Node;
}

export interface GradientContext<A> {
  readonly node: Node;
  readonly inputs: readonly Node[];
  readonly attrs: A;
  /** Adjoint of the node's result, of the same shape. */
  readonly dy: Node;
}

export interface ComposeContext<A> {
  readonly inputs: readonly Node[];
  readonly attrs: A;
}

export interface Primitive<A extends Attrs = Attrs> {
  readonly name: string;
  /** Shape and dtype of the result, or the reason why there is none (without the op's name and shapes). */
  infer(inputs: readonly Node[], attrs: A): Typed | string;
  /** Adjoints of the inputs, written with builders; null where no gradient flows. */
  gradient(context: GradientContext<A>): readonly (Node | null)[];
  /**
   * The same value from parts that the gradient is made of too; a graph that holds both shares them (shareParts.ts).
   * Only for fused maps that keeping the parts costs little. GELU is none: its parts are as large as its operand.
   */
  composed?(context: ComposeContext<A>): Node;
  /** Reference kernel. */
  kernel(context: KernelContext<A>): TensorData;
  /** ONNX lowering; answers with the name of the result. */
  lower(context: LowerContext<A>): string;
  /** Multiply-adds of the definition (1 MAC = 2 FLOP); 0 where the op only moves or maps elements. */
  macs?(node: Node, attrs: A): number;
}

const registry = new Map<string, Primitive>();

/** The record of an operation by its name. */
export function primitiveOf(op: string): Primitive {
  const record = registry.get(op);
  if (!record) throw new Error(`Bug: no primitive is named ${op}`);
  return record;
}

export function allPrimitives(): readonly Primitive[] {
  return [...registry.values()];
}

/** Registers a record and gives its builder. */
export function definePrimitive<A extends Attrs>(
  record: Primitive<A>,
): (inputs: readonly Node[], attrs: A) => Node {
  // The registry forgets A; every node of this op is made by the builder below, so its attrs are of type A.
  registry.set(record.name, record as unknown as Primitive);
  return (inputs, attrs) => makeNode(record.name, inputs, attrs);
}

let nextId = 0;

/** Makes a node, inferring its shape; throws a ShapeError that names op, shapes and scope. */
export function makeNode(
  op: string,
  inputs: readonly Node[],
  attrs: Attrs,
  scope: string = currentScope(),
): Node {
  const typed = primitiveOf(op).infer(inputs, attrs);
  if (typeof typed === 'string') {
    const shapes = inputs.map((input) => `${input.dtype}${showShape(input.shape)}`).join(', ');
    const place = scope === '' ? '' : ` in ${scope}`;
    throw new ShapeError(`${op}(${shapes})${place}: ${typed}.`);
  }
  return { id: nextId++, op, inputs, attrs, shape: typed.shape, dtype: typed.dtype, scope };
}

export function elementCount(node: Node): number {
  return sizeOf(node.shape);
}
