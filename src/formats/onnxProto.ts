// Field by field: onnx.proto's messages (ONNX IR version 9) read and written with pbf.
import type { PbfReader, PbfWriter } from 'pbf';
import { FileError } from '../lib/errors.ts';
import {
  type OnnxAttribute,
  type OnnxData,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValue,
  onnxTypes,
} from './onnxModel.ts';

// AttributeProto.AttributeType
const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;
const utf8 = new TextEncoder();
const text = new TextDecoder();

export function writeModel(model: OnnxModel, pbf: PbfWriter): void {
  pbf.writeVarintField(1, model.irVersion);
  pbf.writeStringField(2, model.producerName);
  pbf.writeMessage(7, writeGraph, model.graph);
  for (const opset of model.opsets) pbf.writeMessage(8, writeOpset, opset);
  for (const entry of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, entry);
}

function writeOpset(opset: OnnxModel['opsets'][number], pbf: PbfWriter): void {
  pbf.writeStringField(1, opset.domain);
  pbf.writeVarintField(2, opset.version);
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeGraph(graph: OnnxModel['graph'], pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const tensor of graph.initializers) pbf.writeMessage(5, writeTensor, tensor);
  for (const value of graph.inputs) pbf.writeMessage(11, writeValue, value);
  for (const value of graph.outputs) pbf.writeMessage(12, writeValue, value);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.opType);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
  if (node.domain) pbf.writeStringField(7, node.domain);
}

function writeAttribute([name, attribute]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  switch (attribute.type) {
    case 'float':
      pbf.writeFloatField(2, attribute.value);
      break;
    case 'int':
      pbf.writeVarintField(3, attribute.value);
      break;
    case 'string':
      pbf.writeBytesField(4, utf8.encode(attribute.value));
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
      for (const value of attribute.value) pbf.writeBytesField(9, utf8.encode(value));
      break;
    default:
      attribute satisfies never;
  }
  pbf.writeVarintField(20, attributeTypes[attribute.type]);
}

function writeTensor(tensor: OnnxTensor, pbf: PbfWriter): void {
  for (const extent of tensor.shape) pbf.writeVarintField(1, extent);
  pbf.writeVarintField(2, onnxTypes[tensor.dtype]);
  pbf.writeStringField(8, tensor.name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  pbf.writeBytesField(9, new Uint8Array(buffer, byteOffset, byteLength));
}

function writeValue(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
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
  else pbf.writeStringField(2, extent);
}

/** Calls `field(tag)` for each field of the message that starts here or, without an end, of the whole buffer. */
function eachField(
  pbf: PbfReader,
  field: (tag: number) => void,
  nested: 'message' | 'whole' = 'message',
): void {
  const read = (tag: number) => field(tag);
  if (nested === 'whole') pbf.readFields(read, undefined);
  else pbf.readMessage(read, undefined);
}

export function readModel(pbf: PbfReader): OnnxModel {
  const model = {
    irVersion: 0,
    opsets: [] as { domain: string; version: number }[],
    producerName: '',
    metadata: {} as Record<string, string>,
    graph: emptyGraph(),
  };
  eachField(
    pbf,
    (tag) => {
      if (tag === 1) model.irVersion = pbf.readVarint();
      else if (tag === 2) model.producerName = pbf.readString();
      else if (tag === 7) readGraph(pbf, model.graph);
      else if (tag === 8) model.opsets.push(readOpset(pbf));
      else if (tag === 14) {
        const [key, value] = readEntry(pbf);
        model.metadata[key] = value;
      }
    },
    'whole',
  );
  return model;
}

function emptyGraph() {
  return {
    name: '',
    nodes: [] as OnnxNode[],
    initializers: [] as OnnxTensor[],
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
  };
}

function readOpset(pbf: PbfReader) {
  const opset = { domain: '', version: 0 };
  eachField(pbf, (tag) => {
    if (tag === 1) opset.domain = pbf.readString();
    else if (tag === 2) opset.version = pbf.readVarint();
  });
  return opset;
}

function readEntry(pbf: PbfReader): [string, string] {
  const entry: [string, string] = ['', ''];
  eachField(pbf, (tag) => {
    if (tag === 1) entry[0] = pbf.readString();
    else if (tag === 2) entry[1] = pbf.readString();
  });
  return entry;
}

function readGraph(pbf: PbfReader, graph: ReturnType<typeof emptyGraph>): void {
  eachField(pbf, (tag) => {
    if (tag === 1) graph.nodes.push(readNode(pbf));
    else if (tag === 2) graph.name = pbf.readString();
    else if (tag === 5) graph.initializers.push(readTensor(pbf));
    else if (tag === 11) graph.inputs.push(readValue(pbf));
    else if (tag === 12) graph.outputs.push(readValue(pbf));
  });
}

function readNode(pbf: PbfReader): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, OnnxAttribute> = {};
  let [name, opType, domain] = ['', '', ''];
  eachField(pbf, (tag) => {
    if (tag === 1) inputs.push(pbf.readString());
    else if (tag === 2) outputs.push(pbf.readString());
    else if (tag === 3) name = pbf.readString();
    else if (tag === 4) opType = pbf.readString();
    else if (tag === 5) {
      const [key, value] = readAttribute(pbf);
      if (value) attributes[key] = value;
    } else if (tag === 7) domain = pbf.readString();
  });
  const node = { opType, name, inputs, outputs, attributes };
  return domain === '' ? node : { ...node, domain };
}

/** An attribute of a kind that Scion does not use (a subgraph, say) reads as undefined. */
function readAttribute(pbf: PbfReader): [string, OnnxAttribute | undefined] {
  let [name, kind, number, integer] = ['', 0, 0, 0];
  const numbers: number[] = [];
  const integers: number[] = [];
  const strings: string[] = [];
  let word = '';
  let tensor: OnnxTensor | undefined;
  // Lists may be packed or one field each.
  const packed = () => pbf.type === 2;
  eachField(pbf, (tag) => {
    if (tag === 1) name = pbf.readString();
    else if (tag === 2) number = pbf.readFloat();
    else if (tag === 3) integer = pbf.readVarint(true);
    else if (tag === 4) word = text.decode(pbf.readBytes());
    else if (tag === 5) tensor = readTensor(pbf);
    else if (tag === 7) packed() ? pbf.readPackedFloat(numbers) : numbers.push(pbf.readFloat());
    else if (tag === 8) packed() ? pbf.readPackedVarint(integers, true) : integers.push(pbf.readVarint(true));
    else if (tag === 9) strings.push(text.decode(pbf.readBytes()));
    else if (tag === 20) kind = pbf.readVarint();
  });
  const byKind: Record<number, OnnxAttribute | undefined> = {
    [attributeTypes.float]: { type: 'float', value: number },
    [attributeTypes.int]: { type: 'int', value: integer },
    [attributeTypes.string]: { type: 'string', value: word },
    [attributeTypes.tensor]: tensor && { type: 'tensor', value: tensor },
    [attributeTypes.floats]: { type: 'floats', value: numbers },
    [attributeTypes.ints]: { type: 'ints', value: integers },
    [attributeTypes.strings]: { type: 'strings', value: strings },
  };
  return [name, byKind[kind]];
}

function typeOf(code: number, where: string): OnnxType {
  const found = Object.entries(onnxTypes).find(([, number]) => number === code);
  if (found) return found[0] as OnnxType;
  throw new FileError(
    `The ONNX file's ${where} has element type ${code}; Scion reads ${Object.keys(onnxTypes).join(', ')}.`,
  );
}

const arrays: Record<
  OnnxType,
  { readonly BYTES_PER_ELEMENT: number; from: (bytes: ArrayBuffer) => OnnxData }
> = {
  float: { BYTES_PER_ELEMENT: 4, from: (bytes) => new Float32Array(bytes) },
  double: { BYTES_PER_ELEMENT: 8, from: (bytes) => new Float64Array(bytes) },
  uint8: { BYTES_PER_ELEMENT: 1, from: (bytes) => new Uint8Array(bytes) },
  bool: { BYTES_PER_ELEMENT: 1, from: (bytes) => new Uint8Array(bytes) },
  float16: { BYTES_PER_ELEMENT: 2, from: (bytes) => new Uint16Array(bytes) },
  int32: { BYTES_PER_ELEMENT: 4, from: (bytes) => new Int32Array(bytes) },
  int64: { BYTES_PER_ELEMENT: 8, from: (bytes) => new BigInt64Array(bytes) },
};

function readTensor(pbf: PbfReader): OnnxTensor {
  const shape: number[] = [];
  let [name, code] = ['', 0];
  let raw: Uint8Array | undefined;
  const listed: number[] = [];
  eachField(pbf, (tag) => {
    if (tag === 1) pbf.type === 2 ? pbf.readPackedVarint(shape) : shape.push(pbf.readVarint());
    else if (tag === 2) code = pbf.readVarint();
    else if (tag === 4) pbf.type === 2 ? pbf.readPackedFloat(listed) : listed.push(pbf.readFloat());
    else if (tag === 5 || tag === 7) {
      pbf.type === 2 ? pbf.readPackedVarint(listed, true) : listed.push(pbf.readVarint(true));
    } else if (tag === 8) name = pbf.readString();
    else if (tag === 9) raw = pbf.readBytes();
    else if (tag === 10) pbf.type === 2 ? pbf.readPackedDouble(listed) : listed.push(pbf.readDouble());
  });
  const dtype = typeOf(code, `tensor "${name}"`);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const data = raw ? fromRaw(raw, dtype) : fromList(listed, dtype);
  if (data.length !== count) {
    throw new FileError(
      `The ONNX file's tensor "${name}" has ${data.length} elements, its shape [${shape.join(', ')}] needs ${count}.`,
    );
  }
  return { name, dtype, shape, data };
}

function fromRaw(raw: Uint8Array, dtype: OnnxType): OnnxData {
  const kind = arrays[dtype];
  const whole = raw.byteLength - (raw.byteLength % kind.BYTES_PER_ELEMENT);
  return kind.from(raw.slice(0, whole).buffer as ArrayBuffer);
}

function fromList(values: readonly number[], dtype: OnnxType): OnnxData {
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  const data = arrays[dtype].from(new ArrayBuffer(values.length * arrays[dtype].BYTES_PER_ELEMENT));
  if (!(data instanceof BigInt64Array)) data.set(values);
  return data;
}

function readValue(pbf: PbfReader): OnnxValue {
  let [name, code] = ['', 0];
  const shape: (number | string)[] = [];
  const readDimension = () => {
    let extent: number | string = '';
    eachField(pbf, (tag) => {
      if (tag === 1) extent = pbf.readVarint();
      else if (tag === 2) extent = pbf.readString();
    });
    shape.push(extent);
  };
  const readTensorType = () =>
    eachField(pbf, (tag) => {
      if (tag === 1) code = pbf.readVarint();
      else if (tag === 2) eachField(pbf, (inner) => inner === 1 && readDimension());
    });
  eachField(pbf, (tag) => {
    if (tag === 1) name = pbf.readString();
    else if (tag === 2) eachField(pbf, (inner) => inner === 1 && readTensorType());
  });
  return { name, dtype: typeOf(code, `value "${name}"`), shape };
}
