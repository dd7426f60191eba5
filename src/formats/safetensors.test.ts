import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileError } from '../lib/errors.ts';
import { halvesOf } from '../lib/half.ts';
import { f32, i32, sizeOf, type Tensor, tensor } from '../lib/tensor.ts';
import { type ByteSource, blobSource, memorySource } from './byteSource.ts';
import { readSafetensors, readSafetensorsHeader, readTensor, writeSafetensors } from './safetensors.ts';

const checkpoints = new URL('../cli/golden-data/dit/checkpoints/', import.meta.url);
const golden = (file: string) => memorySource(readFileSync(new URL(file, checkpoints)), file);

/** A file with this header text and this many bytes of data. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

async function message(bytes: Uint8Array): Promise<string> {
  const error: unknown = await readSafetensors(memorySource(bytes, 'x.safetensors')).then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FileError);
  return error instanceof Error ? error.message : '';
}

describe('golden checkpoints', () => {
  it('reads what the manifest lists', async () => {
    const manifest: { tensors: Record<string, { shape: number[]; sum: number; head: number[] }> } =
      JSON.parse(readFileSync(new URL('checkpoints.json', checkpoints), 'utf8'));
    delete manifest.tensors['expected: outputs/y']; // lies in expected.safetensors
    const { tensors } = await readSafetensors(golden('dit.safetensors'));
    expect([...tensors.keys()].sort()).toEqual(Object.keys(manifest.tensors).sort());
    for (const [name, { shape, sum, head }] of Object.entries(manifest.tensors)) {
      const values = tensors.get(name);
      expect(values?.shape, name).toEqual(shape);
      expect(Array.from(values?.data.subarray(0, head.length) ?? []), name).toEqual(head);
      expect(
        Array.from(values?.data ?? []).reduce((a, b) => a + b, 0),
        name,
      ).toBeCloseTo(sum, 6);
    }
  });

  it.each([
    ['dit.f16.safetensors', 2 ** -11],
    ['dit.bf16.safetensors', 2 ** -8],
  ])('widens %s to within half a step of the single-precision file', async (file, halfStep) => {
    const exact = await readSafetensors(golden('dit.safetensors'));
    const rounded = await readSafetensors(golden(file));
    let rounding = 0;
    for (const [name, { data }] of exact.tensors) {
      const got = rounded.tensors.get(name)?.data ?? [];
      expect(got.length).toBe(data.length);
      data.forEach((value, i) => {
        const error = Math.abs(Number(got[i]) - value);
        expect(error).toBeLessThanOrEqual(Math.abs(value) * halfStep + 2 ** -25);
        rounding += error;
      });
    }
    expect(rounding).toBeGreaterThan(0);
  });

  it('reads the header and one tensor without touching the rest', async () => {
    const ranges: [number, number][] = [];
    const whole = golden('dit.safetensors');
    const watched: ByteSource = {
      ...whole,
      read: (start, end) => {
        ranges.push([start, end]);
        return whole.read(start, end);
      },
    };
    const header = await readSafetensorsHeader(watched);
    await readTensor(watched, header, 'pos_embed');
    const entryOfPosition = header.tensors.get('pos_embed');
    const [, behindHeader] = ranges[1] ?? [];
    expect(ranges).toEqual([
      [0, 8],
      [8, behindHeader],
      [entryOfPosition?.start, entryOfPosition?.end],
    ]);
    await expect(readTensor(watched, header, 'pos')).rejects.toThrow(
      'dit.safetensors has no tensor "pos" among its 32.',
    );
  });

  it('reads a Blob', async () => {
    const file = new File([readFileSync(new URL('dit.safetensors', checkpoints))], 'dit.safetensors');
    const { tensors } = await readSafetensors(blobSource(file));
    expect(tensors.get('pos_embed')?.shape).toEqual([1, 16, 16]);
  });
});

describe('element types', () => {
  const cases: [string, ArrayBufferView, string, number[]][] = [
    ['F64', Float64Array.of(0.1, -2), 'f32', [Math.fround(0.1), -2]],
    ['F32', Float32Array.of(0.5, -2), 'f32', [0.5, -2]],
    ['F16', Uint16Array.of(0x3c00, 0xc000), 'f32', [1, -2]],
    ['BF16', Uint16Array.of(0x3f80, 0xc000), 'f32', [1, -2]],
    ['I64', BigInt64Array.of(-2147483648n, 2147483647n), 'i32', [-2147483648, 2147483647]],
    ['U64', BigUint64Array.of(0n, 2147483647n), 'i32', [0, 2147483647]],
    ['I32', Int32Array.of(-7, 7), 'i32', [-7, 7]],
    ['U32', Uint32Array.of(0, 2147483647), 'i32', [0, 2147483647]],
    ['I16', Int16Array.of(-7, 7), 'i32', [-7, 7]],
    ['U16', Uint16Array.of(0, 65535), 'i32', [0, 65535]],
    ['I8', Int8Array.of(-7, 7), 'i32', [-7, 7]],
    ['U8', Uint8Array.of(0, 255), 'i32', [0, 255]],
    ['BOOL', Uint8Array.of(0, 1), 'bool', [0, 1]],
  ];
  const fileWith = (type: string, data: ArrayBufferView) => {
    const bytes = fileOf(`{"t":${entry(type, [2], [0, data.byteLength])}}`, data.byteLength);
    bytes.set(new Uint8Array(data.buffer), bytes.length - data.byteLength);
    return bytes;
  };

  it.each(cases)('reads %s', async (type, data, dtype, values) => {
    const { tensors } = await readSafetensors(memorySource(fileWith(type, data)));
    const got = tensors.get('t');
    expect(got?.dtype).toBe(dtype);
    expect(Array.from(got?.data ?? [])).toEqual(values);
  });

  it('refuses what 32-bit integers cannot hold', async () => {
    const range = 'Scion computes with 32-bit integers, −2147483648 to 2147483647.';
    const t = 'Tensor "t" of x.safetensors holds';
    expect(await message(fileWith('I64', BigInt64Array.of(0n, 3000000000n)))).toBe(
      `${t} 3000000000 at position 1; ${range}`,
    );
    expect(await message(fileWith('I64', BigInt64Array.of(-2147483649n, 0n)))).toContain('-2147483649');
    expect(await message(fileWith('U64', BigUint64Array.of(2n ** 64n - 1n, 0n)))).toContain(
      `${2n ** 64n - 1n}`,
    );
    expect(await message(fileWith('U32', Uint32Array.of(1, 2 ** 31)))).toBe(
      `${t} 2147483648 at position 1; ${range}`,
    );
    expect(await message(fileWith('BOOL', Uint8Array.of(1, 7)))).toBe(
      `${t} 7 at position 1 where a boolean, 0 or 1, is due.`,
    );
    expect(await message(fileWith('F8_E4M3', Uint8Array.of(1, 7)))).toBe(
      'Tensor "t" of x.safetensors is F8_E4M3, which Scion does not read; it reads F64, F32, F16, BF16, I64, U64, I32, U32, I16, U16, I8, U8, BOOL.',
    );
  });
});

describe('damaged and hostile files', () => {
  const unsound = 'x.safetensors is not a sound safetensors file: ';
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);

  it.each([
    [
      'a duplicate',
      `{"a":${entry('U8', [1], [0, 1])},"a":${entry('U8', [1], [0, 1])}}`,
      1,
      'its header names "a" twice',
    ],
    ['an escaped duplicate', '{"a":{"x":[{"k":1}],"\\u0078":2}}', 0, 'its header names "x" twice'],
    ['a list', '[1, 2]', 0, 'its header is not a JSON object'],
    ['a number', '12', 0, 'its header is not a JSON object'],
    ['no JSON', '{"a":', 0, 'its header is not valid JSON'],
    ['__proto__', '{"__proto__":{"dtype":"U8"}}', 0, 'its header names a tensor "__proto__"'],
    ['metadata __proto__', '{"__metadata__":{"__proto__":"x"}}', 0, 'its __metadata__ has a key "__proto__"'],
    ['metadata list', '{"__metadata__":[]}', 0, 'its __metadata__ is not an object'],
    ['metadata number', '{"__metadata__":{"a":1}}', 0, 'its __metadata__ "a" is not a text'],
    ['no entry', '{"a":null}', 0, 'the entry of tensor "a" is not an object'],
    ['unknown dtype', `{"a":${entry('Q4', [1], [0, 1])}}`, 1, 'tensor "a" has the unknown dtype "Q4"'],
    [
      'inherited dtype',
      `{"a":${entry('toString', [1], [0, 1])}}`,
      1,
      'tensor "a" has the unknown dtype "toString"',
    ],
    ['negative extent', `{"a":${entry('U8', [-1], [0, 1])}}`, 1, 'tensor "a" has the impossible shape [-1]'],
    ['broken extent', `{"a":${entry('U8', [1.5], [0, 1])}}`, 1, 'tensor "a" has the impossible shape [1.5]'],
    [
      'huge extent',
      `{"a":${entry('U8', [1e300], [0, 1])}}`,
      1,
      'tensor "a" has the impossible shape [1e+300]',
    ],
    [
      'deep shape',
      `{"a":{"dtype":"U8","shape":${deep},"data_offsets":[0,1]}}`,
      1,
      'tensor "a" has the impossible shape a value nested too deeply to show',
    ],
    ['one offset', `{"a":${entry('U8', [1], [0])}}`, 1, 'tensor "a" has the impossible data_offsets [0]'],
    [
      'negative offset',
      `{"a":${entry('U8', [1], [-1, 0])}}`,
      1,
      'tensor "a" has the impossible data_offsets [-1,0]',
    ],
    [
      'offsets behind the end',
      `{"a":${entry('U8', [9], [0, 9])}}`,
      4,
      'tensor "a" claims bytes 0 to 9 of its data, and there are 4; the file may be incomplete',
    ],
    [
      'offsets backwards',
      `{"a":${entry('U8', [1], [2, 1])}}`,
      4,
      'tensor "a" claims bytes 2 to 1 of its data, and there are 4; the file may be incomplete',
    ],
    ['wrong size', `{"a":${entry('F32', [2], [0, 4])}}`, 4, 'tensor "a" has 4 bytes, and [2] F32 needs 8'],
    [
      'overflowing size',
      `{"a":${entry('F32', [2 ** 40, 2 ** 40], [0, 4])}}`,
      4,
      'tensor "a" has 4 bytes, and [1099511627776, 1099511627776] F32 needs 4.835703278458517e+24',
    ],
    [
      'misaligned',
      `{"a":${entry('U8', [1], [0, 1])},"b":${entry('F32', [1], [1, 5])}}`,
      5,
      'tensor "b" is F32 at offset 1, which is not 4-byte aligned',
    ],
    [
      'overlap',
      `{"a":${entry('U8', [3], [0, 3])},"b":${entry('U8', [2], [2, 4])}}`,
      4,
      'tensor "b" overlaps the one before it',
    ],
    [
      'gap',
      `{"a":${entry('U8', [1], [0, 1])},"b":${entry('U8', [1], [3, 4])}}`,
      4,
      'there is a gap of 2 bytes before tensor "b"',
    ],
    [
      'gap at the start',
      `{"a":${entry('U8', [1], [1, 2])}}`,
      2,
      'there is a gap of 1 bytes before tensor "a"',
    ],
    ['rest', `{"a":${entry('U8', [1], [0, 1])}}`, 3, '2 bytes at its end belong to no tensor'],
  ])('refuses %s', async (_, header, dataBytes, reason) => {
    expect(await message(fileOf(header, dataBytes))).toBe(`${unsound}${reason}.`);
  });

  it('refuses an absurd header length before reading further', async () => {
    const huge = new Uint8Array(16).fill(0xff);
    expect(await message(huge)).toBe(
      `${unsound}its header claims 18446744073709551615 bytes, and the file has 16.`,
    );
    expect(await message(fileOf('{}').subarray(0, 9))).toBe(
      `${unsound}its header claims 2 bytes, and the file has 9.`,
    );
    expect(await message(new Uint8Array(3))).toBe(
      'x.safetensors is damaged or incomplete: the safetensors header length should lie at bytes 0 to 8, and the file has 3.',
    );
  });

  it('refuses text that is not UTF-8', async () => {
    const bytes = fileOf('{"aa":1}');
    bytes[10] = 0xff;
    expect(await message(bytes)).toBe(`${unsound}its header is not valid JSON.`);
  });

  it('parses or throws a FileError, whatever bytes change', async () => {
    const whole = writeSafetensors(
      {
        'a.weight': f32([2, 3], [1, 2, 3, 4, 5, 6]),
        b: i32([2], [7, 8]),
        c: tensor('bool', [3], new Uint8Array(3)),
      },
      { plan: '{"a":1}' },
      { dtype: 'f32' },
    );
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.nat(whole.length),
        fc.boolean(),
        async (changes, cut, isCut) => {
          const bytes = whole.slice(0, isCut ? cut : whole.length);
          for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
          const error: unknown = await readSafetensors(memorySource(bytes)).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          if (error !== undefined) expect(error).toBeInstanceOf(FileError);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('writing', () => {
  const shape = fc.array(fc.nat(4), { maxLength: 3 });
  const anyTensor: fc.Arbitrary<Tensor> = shape.chain((extents) => {
    const length = { minLength: sizeOf(extents), maxLength: sizeOf(extents) };
    return fc.oneof(
      fc.array(fc.float(), length).map((values) => f32(extents, values)),
      fc.array(fc.integer(), length).map((values) => i32(extents, values)),
      fc.array(fc.nat(1), length).map((values) => tensor('bool', extents, Uint8Array.from(values))),
    );
  });
  const name = fc
    .string({ unit: 'grapheme' })
    .filter((text) => text !== '__proto__' && text !== '__metadata__');
  const anyFile = fc.record({
    tensors: fc.array(fc.tuple(name, anyTensor)).map((entries) => new Map(entries)),
    metadata: fc.dictionary(name, fc.string({ unit: 'grapheme' })),
  });

  it('reads back what it wrote', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ tensors, metadata }) => {
        const bytes = writeSafetensors(tensors, metadata, { dtype: 'f32' });
        const read = await readSafetensors(memorySource(bytes));
        expect(read.tensors).toEqual(tensors);
        expect(read.metadata).toEqual({ ...metadata });
        const backwards = new Map([...tensors].reverse());
        expect(writeSafetensors(backwards, metadata, { dtype: 'f32' })).toEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('pads the header to 8 bytes and puts wide types first', async () => {
    const tensors = {
      '0': tensor('bool', [1], Uint8Array.of(1)),
      b: f32([1], [1.5]),
      a: tensor('f16', [1], Uint16Array.of(0x3c00)),
    };
    const bytes = writeSafetensors(tensors, { z: '1', y: '2' }, { dtype: 'f16' });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{"y":"2","z":"1"},' +
        '"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},' +
        '"b":{"dtype":"F16","shape":[1],"data_offsets":[2,4]},' +
        '"0":{"dtype":"BOOL","shape":[1],"data_offsets":[4,5]}}',
    );
    const { tensors: read } = await readSafetensors(memorySource(bytes));
    expect(Array.from(read.get('a')?.data ?? [])).toEqual([1]);
    expect(Array.from(read.get('b')?.data ?? [])).toEqual([1.5]);
  });

  it('stores f16 rounded to nearest, and widens f16 where f32 is asked for', async () => {
    const values = [0.1, 65519, -3e-8];
    const half = writeSafetensors({ x: f32([3], values) }, {}, { dtype: 'f16' });
    const widened = await readSafetensors(memorySource(half));
    expect(Array.from(widened.tensors.get('x')?.data ?? [])).toEqual([
      0.0999755859375,
      65504,
      -(2 ** -24) * 1,
    ]);
    const wide = writeSafetensors({ x: tensor('f16', [3], halvesOf(values)) }, {}, { dtype: 'f32' });
    expect((await readSafetensors(memorySource(wide))).tensors).toEqual(widened.tensors);
  });

  it('refuses names that a header cannot carry', () => {
    expect(() => writeSafetensors({ __metadata__: f32([], [1]) }, {}, { dtype: 'f32' })).toThrow(
      'A safetensors file cannot hold a tensor named __metadata__; rename it.',
    );
  });
});
