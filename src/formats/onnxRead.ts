// Reads the messages of onnx.proto (IR version 9) with pbf; unknown fields are skipped.
import type { PbfReader } from 'pbf';
import { FileError } from '../lib/errors.ts';
import { attributeTypes, type OnnxType, onnxTypes } from './onnxEnums.ts';
import type { OnnxAttribute, OnnxData, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnxModel.ts';
import { shown } from './shown.ts';

const lengthDelimited = 2;
/** Calls `field(tag)` for each field up to `end`, where the message must end exactly. */
function readFields(pbf: PbfReader, end: number, field: (tag: number) => void): void {
  if (end > pbf.length) throw new RangeError(`a message ends at ${end} of ${pbf.length}`);
  pbf.readFields((tag) => field(tag), undefined, end);
  if (pbf.pos !== end) throw new RangeError(`a field ends at ${pbf.pos}, its message at ${end}`);
}

/** The same for the message that starts here with its length. */
function eachField(pbf: PbfReader, field: (tag: number) => void): void {
  const length = pbf.readVarint();
  readFields(pbf, pbf.pos + length, field);
}

/** A signed 64-bit integer that JavaScript can tell from its neighbours. */
function readInteger(pbf: PbfReader): number {
  const value = pbf.readVarint(true);
  if (Number.isSafeInteger(value)) return value;
  throw new FileError(`The ONNX file holds the integer ${BigInt(value)}; Scion reads those below 2^53.`);
}

/** A repeated number: packed into one field, or one field each. */
function readRepeated(pbf: PbfReader, into: number[], read: (pbf: PbfReader) => number): void {
  if (pbf.type !== lengthDelimited) {
    into.push(read(pbf));
    return;
  }
  const end = pbf.readVarint() + pbf.pos;
  if (end > pbf.length) throw new RangeError(`a list ends at ${end} of ${pbf.length}`);
  while (pbf.pos < end) into.push(read(pbf));
}

const readFloat = (pbf: PbfReader) => pbf.readFloat();
const readDouble = (pbf: PbfReader) => pbf.readDouble();

export function readModel(pbf: PbfReader): OnnxModel {
  let [irVersion, producerName] = [0, ''];
  const opsets: OnnxModel['opsets'][number][] = [];
  const metadata = new Map<string, string>();
  const graph = emptyGraph();
  readFields(pbf, pbf.length, (tag) => {
    if (tag === 1) irVersion = readInteger(pbf);
    else if (tag === 2) producerName = pbf.readString();
    else if (tag === 7) readGraph(pbf, graph);
    else if (tag === 8) opsets.push(readOpset(pbf));
    else if (tag === 14) metadata.set(...readEntry(pbf));
  });
  return { irVersion, opsets, producerName, metadata: Object.fromEntries(metadata), graph };
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

function readOpset(pbf: PbfReader): OnnxModel['opsets'][number] {
  let [domain, version] = ['', 0];
  eachField(pbf, (tag) => {
    if (tag === 1) domain = pbf.readString();
    else if (tag === 2) version = readInteger(pbf);
  });
  return { domain, version };
}

function readEntry(pbf: PbfReader): [key: string, value: string] {
  let [key, value] = ['', ''];
  eachField(pbf, (tag) => {
    if (tag === 1) key = pbf.readString();
    else if (tag === 2) value = pbf.readString();
  });
  return [key, value];
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
  const attributes = new Map<string, OnnxAttribute>();
  let [name, opType, domain] = ['', '', ''];
  eachField(pbf, (tag) => {
    if (tag === 1) inputs.push(pbf.readString());
    else if (tag === 2) outputs.push(pbf.readString());
    else if (tag === 3) name = pbf.readString();
    else if (tag === 4) opType = pbf.readString();
    else if (tag === 5) {
      const [key, attribute] = readAttribute(pbf);
      if (attribute) attributes.set(key, attribute);
    } else if (tag === 7) domain = pbf.readString();
  });
  const node = { opType, name, inputs, outputs, attributes: Object.fromEntries(attributes) };
  return domain === '' ? node : { ...node, domain };
}

/** An attribute of a kind that Scion does not use (a subgraph, say) reads as undefined. */
function readAttribute(pbf: PbfReader): [name: string, attribute: OnnxAttribute | undefined] {
  let [name, kind, float, int, string] = ['', 0, 0, 0, ''];
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  let tensor: OnnxTensor | undefined;
  eachField(pbf, (tag) => {
    if (tag === 1) name = pbf.readString();
    else if (tag === 2) float = pbf.readFloat();
    else if (tag === 3) int = readInteger(pbf);
    else if (tag === 4) string = pbf.readString();
    else if (tag === 5) tensor = readTensor(pbf);
    else if (tag === 7) readRepeated(pbf, floats, readFloat);
    else if (tag === 8) readRepeated(pbf, ints, readInteger);
    else if (tag === 9) strings.push(pbf.readString());
    else if (tag === 20) kind = readInteger(pbf);
  });
  const byKind: Record<number, OnnxAttribute | undefined> = {
    [attributeTypes.float]: { type: 'float', value: float },
    [attributeTypes.int]: { type: 'int', value: int },
    [attributeTypes.string]: { type: 'string', value: string },
    [attributeTypes.tensor]: tensor && { type: 'tensor', value: tensor },
    [attributeTypes.floats]: { type: 'floats', value: floats },
    [attributeTypes.ints]: { type: 'ints', value: ints },
    [attributeTypes.strings]: { type: 'strings', value: strings },
  };
  return [name, byKind[kind]];
}

function typeOf(code: number, where: string): OnnxType {
  for (const type of Object.keys(arrays) as OnnxType[]) if (onnxTypes[type] === code) return type;
  throw new FileError(
    `The ONNX file's ${where} has element type ${code}; Scion reads ${Object.keys(onnxTypes).join(', ')}.`,
  );
}

const arrays: Record<OnnxType, (bytes: ArrayBuffer) => OnnxData> = {
  float: (bytes) => new Float32Array(bytes),
  double: (bytes) => new Float64Array(bytes),
  uint8: (bytes) => new Uint8Array(bytes),
  bool: (bytes) => new Uint8Array(bytes),
  float16: (bytes) => new Uint16Array(bytes),
  int32: (bytes) => new Int32Array(bytes),
  int64: (bytes) => new BigInt64Array(bytes),
};

/** TensorProto.DataLocation. */
const external = 1;

/** Elements come as raw bytes or, from some exporters, as a list in the field of their type. */
function readTensor(pbf: PbfReader): OnnxTensor {
  const shape: number[] = [];
  const listed: number[] = [];
  let [name, code, location] = ['', 0, 0];
  let raw: Uint8Array | undefined;
  eachField(pbf, (tag) => {
    if (tag === 1) readRepeated(pbf, shape, readInteger);
    else if (tag === 2) code = readInteger(pbf);
    else if (tag === 4) readRepeated(pbf, listed, readFloat);
    else if (tag === 5 || tag === 7) readRepeated(pbf, listed, readInteger);
    else if (tag === 8) name = pbf.readString();
    else if (tag === 9) raw = pbf.readBytes();
    else if (tag === 10) readRepeated(pbf, listed, readDouble);
    else if (tag === 14) location = readInteger(pbf);
  });
  const where = `tensor ${shown(name)}`;
  if (location === external) {
    throw new FileError(
      `The ONNX file's ${where} lies in another file; export the model into a single file.`,
    );
  }
  const dtype = typeOf(code, where);
  const data = raw ? fromRaw(raw, dtype, where) : fromList(listed, dtype);
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (data.length !== count || shape.some((extent) => extent < 0)) {
    throw new FileError(
      `The ONNX file's ${where} has ${data.length} elements, and its shape ${shown(shape)} needs ${count}.`,
    );
  }
  return { name, dtype, shape, data };
}

function fromRaw(raw: Uint8Array, dtype: OnnxType, where: string): OnnxData {
  const empty = arrays[dtype](new ArrayBuffer(0));
  if (raw.length % empty.BYTES_PER_ELEMENT !== 0) {
    throw new FileError(
      `The ONNX file's ${where} has ${raw.length} bytes, which is no whole number of ${dtype} elements.`,
    );
  }
  return arrays[dtype](new Uint8Array(raw).buffer);
}

function fromList(values: readonly number[], dtype: OnnxType): OnnxData {
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  const { BYTES_PER_ELEMENT } = arrays[dtype](new ArrayBuffer(0));
  const data = arrays[dtype](new ArrayBuffer(values.length * BYTES_PER_ELEMENT));
  if (!(data instanceof BigInt64Array)) data.set(values);
  return data;
}

function readValue(pbf: PbfReader): OnnxValue {
  let [name, code] = ['', 0];
  const shape: (number | string)[] = [];
  const readTensorType = () =>
    eachField(pbf, (tag) => {
      if (tag === 1) code = readInteger(pbf);
      else if (tag === 2) eachField(pbf, (inner) => inner === 1 && shape.push(readDimension(pbf)));
    });
  eachField(pbf, (tag) => {
    if (tag === 1) name = pbf.readString();
    else if (tag === 2) eachField(pbf, (inner) => inner === 1 && readTensorType());
  });
  return { name, dtype: typeOf(code, `value ${shown(name)}`), shape };
}

/** A number, a name, or an empty name where the exporter said nothing. */
function readDimension(pbf: PbfReader): number | string {
  let extent: number | string = '';
  eachField(pbf, (tag) => {
    if (tag === 1) extent = readInteger(pbf);
    else if (tag === 2) extent = pbf.readString();
  });
  return extent;
}
