// An ONNX model as plain data, and its bytes: the subset of onnx.proto that Scion writes and reads back.
import { PbfReader } from 'pbf';
import { FileError } from '../lib/errors.ts';
import type { OnnxType } from './onnxEnums.ts';
import { readModel } from './onnxRead.ts';
import { modelParts } from './onnxWrite.ts';

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

/** The bytes of a model file, in pieces: weights are views of the model's own memory, so a Blob of them copies once. */
export function encodeOnnxParts(model: OnnxModel): Uint8Array<ArrayBuffer>[] {
  return modelParts(model);
}

export function encodeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const parts = modelParts(model);
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
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
