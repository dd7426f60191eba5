// Writes the messages of onnx.proto (IR version 9) with pbf. Large weights are never copied into a growing buffer.
import { PbfWriter } from 'pbf';
import { assert, FileError } from '../lib/errors.ts';
import { sizeOf } from '../lib/tensor.ts';
import { attributeTypes, onnxTypes } from './onnxEnums.ts';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnxModel.ts';

type Graph = OnnxModel['graph'];

const lengthDelimited = 2;
/** Protocol buffers end here. */
const largestFileBytes = 2 ** 31 - 1;
const utf8 = new TextEncoder();

/** Not pbf's writeString: version 5.1 encodes characters from U+20000 on wrongly. */
function writeText(pbf: PbfWriter, tag: number, text: string): void {
  pbf.writeBytesField(tag, utf8.encode(text));
}

/** The file in pieces: what precedes the graph, then the graph, whose weights are views of the model's own memory. */
export function modelParts(model: OnnxModel): Uint8Array<ArrayBuffer>[] {
  const graph = graphParts(model.graph);
  const graphBytes = graph.reduce((sum, part) => sum + part.length, 0);
  if (graphBytes > largestFileBytes - 65536) {
    throw new FileError(
      `The ONNX file would have ${graphBytes} bytes; the format ends at 2 GB, so export f16 weights.`,
    );
  }
  const head = written((pbf) => {
    pbf.writeVarintField(1, model.irVersion);
    writeText(pbf, 2, model.producerName);
    for (const opset of model.opsets) pbf.writeMessage(8, writeOpset, opset);
    for (const entry of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, entry);
    pbf.writeTag(7, lengthDelimited);
    pbf.writeVarint(graphBytes);
  });
  return [head, ...graph];
}

function written(write: (pbf: PbfWriter) => void): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter(new Uint8Array(128));
  write(pbf);
  return ownBytes(pbf.finish());
}

function ownBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength);
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)); // shared memory cannot go into a Blob
}

function graphParts(graph: Graph): Uint8Array<ArrayBuffer>[] {
  const nodes = written((pbf) => {
    for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
    writeText(pbf, 2, graph.name);
  });
  const values = written((pbf) => {
    for (const value of graph.inputs) pbf.writeMessage(11, writeValue, value);
    for (const value of graph.outputs) pbf.writeMessage(12, writeValue, value);
  });
  return [nodes, ...graph.initializers.flatMap(initializerParts), values];
}

/** Everything up to the weights in one piece, then the weights as they lie in memory. */
function initializerParts(tensor: OnnxTensor): Uint8Array<ArrayBuffer>[] {
  const raw = ownBytes(tensor.data);
  const fields = written((pbf) => {
    writeTensorFields(tensor, pbf);
    pbf.writeTag(9, lengthDelimited);
    pbf.writeVarint(raw.length);
  });
  const head = written((pbf) => {
    pbf.writeTag(5, lengthDelimited);
    pbf.writeVarint(fields.length + raw.length);
  });
  return [head, fields, raw];
}

function writeTensorFields(tensor: OnnxTensor, pbf: PbfWriter): void {
  const count = sizeOf(tensor.shape);
  assert(tensor.data.length === count, () => `${tensor.name} has ${tensor.data.length} elements of ${count}`);
  for (const extent of tensor.shape) pbf.writeVarintField(1, extent);
  pbf.writeVarintField(2, onnxTypes[tensor.dtype]);
  writeText(pbf, 8, tensor.name);
}

/** A tensor within an attribute: small. */
function writeTensor(tensor: OnnxTensor, pbf: PbfWriter): void {
  writeTensorFields(tensor, pbf);
  pbf.writeBytesField(9, ownBytes(tensor.data));
}

function writeOpset(opset: OnnxModel['opsets'][number], pbf: PbfWriter): void {
  writeText(pbf, 1, opset.domain);
  pbf.writeVarintField(2, opset.version);
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  writeText(pbf, 1, key);
  writeText(pbf, 2, value);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) writeText(pbf, 1, input);
  for (const output of node.outputs) writeText(pbf, 2, output);
  writeText(pbf, 3, node.name);
  writeText(pbf, 4, node.opType);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
  if (node.domain) writeText(pbf, 7, node.domain);
}

function writeAttribute([name, attribute]: [string, OnnxAttribute], pbf: PbfWriter): void {
  writeText(pbf, 1, name);
  switch (attribute.type) {
    case 'float':
      pbf.writeFloatField(2, attribute.value);
      break;
    case 'int':
      pbf.writeVarintField(3, attribute.value);
      break;
    case 'string':
      writeText(pbf, 4, attribute.value);
      break;
    case 'tensor':
      pbf.writeMessage(5, writeTensor, attribute.value);
      break;
    case 'floats':
      for (const value of attribute.value) pbf.writeFloatField(7, value);
      break;
    case 'ints':
      for (const value of attribute.value) pbf.writeVarintField(8, value);
      break;
    case 'strings':
      for (const value of attribute.value) writeText(pbf, 9, value);
      break;
    default:
      attribute satisfies never;
  }
  pbf.writeVarintField(20, attributeTypes[attribute.type]);
}

function writeValue(value: OnnxValue, pbf: PbfWriter): void {
  writeText(pbf, 1, value.name);
  pbf.writeMessage(2, writeType, value);
}

function writeType(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, value);
}

function writeTensorType(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeVarintField(1, onnxTypes[value.dtype]);
  pbf.writeMessage(2, writeShape, value.shape);
}

function writeShape(shape: OnnxValue['shape'], pbf: PbfWriter): void {
  for (const extent of shape) pbf.writeMessage(1, writeDimension, extent);
}

function writeDimension(extent: number | string, pbf: PbfWriter): void {
  if (typeof extent === 'number') pbf.writeVarintField(1, extent);
  else writeText(pbf, 2, extent);
}
