// An ONNX model as plain data, and its bytes: the subset of onnx.proto that Scion writes and reads back.
import { PbfReader, PbfWriter } from 'pbf';
import { FileError } from '../lib/errors.ts';
import { readModel, writeModel } from './onnxProto.ts';

/** Element types with their numbers in TensorProto.DataType. */
export const onnxTypes = {
  float: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
} as const;
export type OnnxType = keyof typeof onnxTypes;
export type OnnxData = Float32Array | Float64Array | Uint8Array | Uint16Array | Int32Array | BigInt64Array;

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly number[];
  readonly data: OnnxData;
}

export type OnnxAttribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: OnnxTensor };

export interface OnnxNode {
  readonly opType: string;
  readonly domain?: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A named input or output; a dimension may be a name instead of a number. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly producerName: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: {
    readonly name: string;
    readonly nodes: readonly OnnxNode[];
    readonly initializers: readonly OnnxTensor[];
    readonly inputs: readonly OnnxValue[];
    readonly outputs: readonly OnnxValue[];
  };
}

export function encodeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  // Room for all tensors at once, so that the writer does not grow by doubling over large weights.
  const data = model.graph.initializers.reduce((sum, tensor) => sum + tensor.data.byteLength + 64, 0);
  const writer = new PbfWriter(new Uint8Array(data + 256 * model.graph.nodes.length + 1024));
  writeModel(model, writer);
  return new Uint8Array(writer.finish());
}

/** @throws FileError when the bytes are not an ONNX model that Scion can read */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  try {
    const model = readModel(new PbfReader(bytes));
    if (model.irVersion > 0 && model.opsets.length > 0) return model;
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError('The ONNX file is damaged: its messages end in the middle of a field.', {
      cause: error,
    });
  }
  throw new FileError('The file has no ONNX version numbers; it is not an ONNX model.');
}
