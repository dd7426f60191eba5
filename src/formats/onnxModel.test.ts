import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { FileError } from '../lib/errors.ts';
import { sizeOf } from '../lib/tensor.ts';
import { identify } from './identify.ts';
import {
  decodeOnnx,
  encodeOnnx,
  encodeOnnxParts,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxTensor,
} from './onnxModel.ts';

const name = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => text !== '__proto__');
const shape = fc.array(fc.nat(3), { maxLength: 3 });

const anyTensor: fc.Arbitrary<OnnxTensor> = fc.record({ name, shape }).chain(({ name, shape }) => {
  const length = { minLength: sizeOf(shape), maxLength: sizeOf(shape) };
  const kinds: fc.Arbitrary<Pick<OnnxTensor, 'dtype' | 'data'>>[] = [
    fc.float32Array(length).map((data) => ({ dtype: 'float', data })),
    fc.float64Array(length).map((data) => ({ dtype: 'double', data })),
    fc.uint8Array(length).map((data) => ({ dtype: 'uint8', data })),
    fc.uint8Array({ ...length, max: 1 }).map((data) => ({ dtype: 'bool', data })),
    fc.uint16Array(length).map((data) => ({ dtype: 'float16', data })),
    fc.int32Array(length).map((data) => ({ dtype: 'int32', data })),
    fc.bigInt64Array(length).map((data) => ({ dtype: 'int64', data })),
  ];
  return fc.oneof(...kinds).map((typed) => ({ name, shape, ...typed }));
});

const anyAttribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.record({ type: fc.constant('int' as const), value: fc.maxSafeInteger() }),
  fc.record({ type: fc.constant('ints' as const), value: fc.array(fc.maxSafeInteger()) }),
  fc.record({ type: fc.constant('float' as const), value: fc.float() }),
  fc.record({ type: fc.constant('floats' as const), value: fc.array(fc.float()) }),
  fc.record({ type: fc.constant('string' as const), value: name }),
  fc.record({ type: fc.constant('strings' as const), value: fc.array(name) }),
  fc.record({ type: fc.constant('tensor' as const), value: anyTensor }),
);

const anyValue = fc.record({
  name,
  dtype: fc.constantFrom('float' as const, 'int64' as const, 'bool' as const),
  shape: fc.array(fc.oneof(fc.nat(), name), { maxLength: 3 }),
});

const anyNode = fc
  .record({
    opType: name,
    domain: name,
    name,
    inputs: fc.array(name),
    outputs: fc.array(name),
    attributes: fc.dictionary(name, anyAttribute, { noNullPrototype: true }),
  })
  .map(({ domain, ...node }) => (domain === '' ? node : { ...node, domain }));

const anyModel: fc.Arbitrary<OnnxModel> = fc.record({
  irVersion: fc.integer({ min: 1, max: 13 }),
  opsets: fc.array(fc.record({ domain: name, version: fc.integer({ min: 1, max: 30 }) }), { minLength: 1 }),
  producerName: name,
  metadata: fc.dictionary(name, name, { noNullPrototype: true }),
  graph: fc.record({
    name,
    nodes: fc.array(anyNode, { maxLength: 4 }),
    initializers: fc.array(anyTensor, { maxLength: 4 }),
    inputs: fc.array(anyValue, { maxLength: 3 }),
    outputs: fc.array(anyValue, { maxLength: 3 }),
  }),
});

/** y = relu(x · wᵀ + b): x [2, 3], w [2, 3], b [2]. */
const gemmRelu: OnnxModel = {
  irVersion: 9,
  opsets: [{ domain: '', version: 17 }],
  producerName: 'scion',
  metadata: { plan: '{"format":"scion-plan"}' },
  graph: {
    name: 'gemm-relu',
    nodes: [
      {
        opType: 'Gemm',
        name: 'gemm',
        inputs: ['x', 'w', 'b'],
        outputs: ['h'],
        attributes: { transB: { type: 'int', value: 1 }, alpha: { type: 'float', value: 0.5 } },
      },
      { opType: 'Relu', name: 'relu', inputs: ['h'], outputs: ['y'], attributes: {} },
    ],
    initializers: [
      { name: 'w', dtype: 'float', shape: [2, 3], data: Float32Array.of(1, 2, 3, -4, -5, -6) },
      { name: 'b', dtype: 'float', shape: [2], data: Float32Array.of(10, 1) },
    ],
    inputs: [{ name: 'x', dtype: 'float', shape: ['batch', 3] }],
    outputs: [{ name: 'y', dtype: 'float', shape: ['batch', 2] }],
  },
};

describe('encodeOnnx', () => {
  it('is undone by decodeOnnx', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        expect(decodeOnnx(encodeOnnx(model))).toEqual(model);
      }),
      { numRuns: 300 },
    );
  });

  it('writes a model that ONNX Runtime loads and computes rightly', async () => {
    const session = await InferenceSession.create(encodeOnnx(gemmRelu));
    const x = new Tensor('float32', [2, 4, 6, -2, 0, 2], [2, 3]);
    const { y } = await session.run({ x });
    // 0.5·(2 + 8 + 18) + 10 = 24;  0.5·(−8 − 20 − 36) + 1 < 0;  0.5·(−2 + 6) + 10 = 12;  0.5·(8 − 12) + 1 < 0
    expect(y?.dims).toEqual([2, 2]);
    expect(y?.data).toEqual(Float32Array.of(24, 0, 12, 0));
    await session.release();
  });

  it('does not copy weights into its pieces', () => {
    const weights = new Float32Array(25_000_000); // 100 MB
    const [initializer] = gemmRelu.graph.initializers;
    const large = {
      ...initializer,
      name: 'w',
      dtype: 'float' as const,
      shape: [weights.length],
      data: weights,
    };
    const model = { ...gemmRelu, graph: { ...gemmRelu.graph, initializers: [large] } };
    const parts = encodeOnnxParts(model);
    expect(parts.some(({ buffer }) => buffer === weights.buffer)).toBe(true);
    const own = parts.filter(({ buffer }) => buffer !== weights.buffer);
    expect(own.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThan(4096);
  });

  it('is recognised by its first bytes', () => {
    expect(identify(encodeOnnx(gemmRelu), 'x').id).toBe('onnx');
  });
});

describe('decodeOnnx', () => {
  const message = (bytes: Uint8Array) => {
    try {
      decodeOnnx(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(FileError);
      return error instanceof Error ? error.message : '';
    }
    return 'no error';
  };

  /** A model whose only initializer is written by `fields`. */
  function withTensor(fields: (pbf: PbfWriter) => void): Uint8Array {
    const pbf = new PbfWriter();
    pbf.writeVarintField(1, 9);
    pbf.writeMessage(8, (_, opset) => opset.writeVarintField(2, 17), undefined);
    pbf.writeMessage(
      7,
      (_, graph) => graph.writeMessage(5, (_, tensor) => fields(tensor), undefined),
      undefined,
    );
    return pbf.finish();
  }

  it('skips fields that it does not know, and reads lists in typed fields', () => {
    const bytes = withTensor((pbf) => {
      pbf.writePackedVarint(1, [2]);
      pbf.writeVarintField(2, 7);
      pbf.writePackedVarint(7, [-5, 2 ** 40]);
      pbf.writeStringField(12, 'a doc string');
      pbf.writeDoubleField(99, 1);
    });
    const [tensor] = decodeOnnx(bytes).graph.initializers;
    expect(tensor).toEqual({ name: '', dtype: 'int64', shape: [2], data: BigInt64Array.of(-5n, 2n ** 40n) });
  });

  it.each<[string, (pbf: PbfWriter) => void, string]>([
    [
      'strings',
      (pbf) => pbf.writeVarintField(2, 8),
      `The ONNX file's tensor "" has element type 8; Scion reads float, uint8, int32, int64, bool, float16, double.`,
    ],
    [
      'external data',
      (pbf) => {
        pbf.writeVarintField(2, 1);
        pbf.writeVarintField(14, 1);
      },
      `The ONNX file's tensor "" lies in another file; export the model into a single file.`,
    ],
    [
      'a wrong shape',
      (pbf) => {
        pbf.writePackedVarint(1, [2 ** 40]);
        pbf.writeVarintField(2, 1);
        pbf.writeBytesField(9, new Uint8Array(8));
      },
      `The ONNX file's tensor "" has 2 elements, and its shape [1099511627776] needs 1099511627776.`,
    ],
    [
      'broken elements',
      (pbf) => {
        pbf.writeVarintField(2, 1);
        pbf.writeBytesField(9, new Uint8Array(7));
      },
      `The ONNX file's tensor "" has 7 bytes, which is no whole number of float elements.`,
    ],
    [
      'integers beyond 2^53',
      (pbf) => pbf.writePackedVarint(1, [2 ** 60]),
      'The ONNX file holds the integer 1152921504606846976; Scion reads those below 2^53.',
    ],
  ])('refuses %s', (_, fields, sentence) => {
    expect(message(withTensor(fields))).toBe(sentence);
  });

  it('refuses what is cut or is no model', () => {
    const whole = encodeOnnx(gemmRelu);
    const damaged = 'The ONNX file is damaged: its messages end in the middle of a field.';
    expect(message(whole.subarray(0, whole.length - 3))).toBe(damaged);
    expect(message(new Uint8Array(0))).toBe('The file has no ONNX version numbers; it is not an ONNX model.');
    expect(message(new TextEncoder().encode('Once upon a time'))).toBe(damaged);
  });

  it('parses or throws a FileError, whatever bytes change', () => {
    const whole = encodeOnnx(gemmRelu);
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 4 }),
        fc.nat(whole.length),
        fc.boolean(),
        (changes, cut, isCut) => {
          const bytes = whole.slice(0, isCut ? cut : whole.length);
          for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
          try {
            decodeOnnx(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(FileError);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
