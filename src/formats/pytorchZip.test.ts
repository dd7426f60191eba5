import { readFileSync } from 'node:fs';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileError } from '../lib/errors.ts';
import { memorySource } from './byteSource.ts';
import { openPytorch, readPytorchTensor } from './pytorchZip.ts';
import { readSafetensors } from './safetensors.ts';

const checkpoints = new URL('../cli/golden-data/dit/checkpoints/', import.meta.url);
const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(file, checkpoints)));
const golden = (file: string) => memorySource(bytesOf(file), file);

interface Layout {
  readonly shape: number[];
  readonly values: (number | boolean)[];
  readonly python?: unknown;
}
const manifest: { scalars: { layouts: Record<string, Layout> } } = JSON.parse(
  readFileSync(new URL('checkpoints.json', checkpoints), 'utf8'),
);
const layouts = Object.entries(manifest.scalars.layouts);

/** An archive as torch.save writes it, uncompressed. */
async function archive(records: Record<string, Uint8Array | string>, level = 0): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { level, useWebWorkers: false });
  for (const [name, content] of Object.entries(records)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await writer.add(`x/${name}`, new Uint8ArrayReader(bytes));
  }
  return writer.close();
}

async function message(bytes: Uint8Array): Promise<string> {
  const error: unknown = await readAll(bytes, 'x.pt').then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FileError);
  return error instanceof Error ? error.message : '';
}

async function readAll(bytes: Uint8Array, name: string) {
  const checkpoint = await openPytorch(memorySource(bytes, name));
  for (const tensor of checkpoint.tensors.keys()) await readPytorchTensor(checkpoint, tensor);
}

/** Latin-1 text of a protocol-2 pickle, given what lies between PROTO and STOP. */
const pickle = (body: string) => Uint8Array.from(`\x80\x02${body}.`, (character) => character.charCodeAt(0));
const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
const storage = (key: string, length: number, type = 'FloatStorage') =>
  `(${text('storage')}ctorch\n${type}\n${text(key)}${text('cpu')}K${String.fromCharCode(length)}tQ`;
const tensorOf = (store: string, offset: number, shape: number[], strides: number[]) => {
  const counts = (values: number[]) => `(${values.map((n) => `K${String.fromCharCode(n)}`).join('')}t`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${store}K${String.fromCharCode(offset)}${counts(shape)}${counts(strides)}\x89}tR`;
};
const dictOf = (name: string, value: string) => `}${text(name)}${value}s`;

describe('golden checkpoints', () => {
  it.each([
    ['dit.pt', 'whole file', []],
    ['dit.ema.pt', 'ema', []],
    ['dit.train.pt', 'ema', []],
  ])('%s holds the tensors of dit.safetensors', async (file, section) => {
    const expected = (await readSafetensors(golden('dit.safetensors'))).tensors;
    const checkpoint = await openPytorch(golden(file));
    expect(checkpoint.section).toBe(section);
    expect([...checkpoint.tensors.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, wanted] of expected) {
      expect(await readPytorchTensor(checkpoint, name), name).toEqual(wanted);
    }
  });

  it.each(layouts.filter(([name, { python }]) => python === undefined && name !== 'int64'))(
    'reads the layout %s',
    async (name, { shape, values }) => {
      const checkpoint = await openPytorch(golden('layouts.pt'));
      const read = await readPytorchTensor(checkpoint, name);
      expect(read.shape).toEqual(shape);
      expect(Array.from(read.data)).toEqual(values.map(Number));
      expect(read.dtype).toBe(name === 'bool' ? 'bool' : 'f32');
    },
  );

  it('says which 64-bit integer does not fit', async () => {
    const checkpoint = await openPytorch(golden('layouts.pt'));
    await expect(readPytorchTensor(checkpoint, 'int64')).rejects.toThrow(
      'Tensor "int64" of layouts.pt holds 3000000000 at position 2; Scion computes with 32-bit integers',
    );
  });

  it('keeps plain Python values beside the tensors', async () => {
    const { values } = await openPytorch(golden('layouts.pt'));
    const plain = layouts.filter(([, { python }]) => python !== undefined);
    expect(plain.length).toBe(5);
    expect(Object.fromEntries(values)).toEqual(
      Object.fromEntries(plain.map(([name, { python }]) => [name, python])),
    );
  });
});

describe('files of other kinds', () => {
  it.each([
    ['weights.pt', 'GIF89a…', 'weights.pt is a GIF picture; Scion opens PyTorch (.pt) files here.'],
    [
      'old.pt',
      '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.',
      'old.pt is a PyTorch file of the old kind, from before 1.6; load it in PyTorch and save it again with torch.save.',
    ],
    [
      'bare.pkl',
      '\x80\x04}.',
      'bare.pkl is a bare Python pickle; load it in Python and save its tensors with safetensors or torch.save.',
    ],
  ])('%s', async (name, content, sentence) => {
    const bytes = Uint8Array.from(content, (character) => character.charCodeAt(0));
    await expect(readAll(bytes, name)).rejects.toThrow(sentence);
  });

  it('names archives that torch.save did not write', async () => {
    expect(await message(await archive({ 'a.txt': 'x' }))).toBe(
      'x.pt is a ZIP archive without data.pkl, so torch.save did not write it.',
    );
    expect(await message(await archive({ 'data.pkl': pickle('}'), 'constants.pkl': 'x' }))).toBe(
      'x.pt is a TorchScript program; save the state_dict() of the model instead.',
    );
    expect(await message(await archive({ 'data.pkl': pickle('}'), byteorder: 'big' }))).toBe(
      'x.pt was saved on a big-endian machine; Scion reads little-endian files.',
    );
    expect(await message(await archive({ 'data.pkl': pickle('}'.padEnd(99, '}')) }, 6))).toBe(
      'x.pt is packed in an unusual way: record "x/data.pkl" is compressed or encrypted; save it again with torch.save.',
    );
  });
});

describe('state dicts', () => {
  const one = tensorOf(storage('0', 1), 0, [1], [1]);
  const withPickle = (body: string) =>
    archive({ 'data.pkl': pickle(body), 'data/0': new Uint8Array(Float32Array.of(2.5).buffer) });

  it.each([
    ['model', dictOf('model', dictOf('w', one)), 'model'],
    ['state_dict', dictOf('state_dict', dictOf('w', one)), 'state_dict'],
    ['a parameter', dictOf('w', `ctorch._utils\n_rebuild_parameter\n(${one}\x88}tR`), 'whole file'],
    ['attributes of an OrderedDict', `ccollections\nOrderedDict\n)R${text('w')}${one}s}b`, 'whole file'],
    [
      'a Namespace beside it',
      `}(${text('args')}cargparse\nNamespace\n)\x81}b${text('w')}${one}u`,
      'whole file',
    ],
  ])('finds %s', async (_, body, section) => {
    const checkpoint = await openPytorch(memorySource(await withPickle(body)));
    expect(checkpoint.section).toBe(section);
    expect(Array.from((await readPytorchTensor(checkpoint, 'w')).data)).toEqual([2.5]);
  });

  it('reads the directory, the pickle and one storage, not the whole file', async () => {
    const body = `}(${text('w')}${one}${text('large')}${tensorOf(storage('1', 1), 0, [1], [1])}u`;
    const bytes = await archive({
      'data.pkl': pickle(body),
      'data/0': new Uint8Array(4),
      'data/1': new Uint8Array(4_000_000),
    });
    const whole = memorySource(bytes);
    let bytesRead = 0;
    const watched = {
      ...whole,
      read: (start: number, end: number) => {
        bytesRead += end - start;
        return whole.read(start, end);
      },
    };
    await readPytorchTensor(await openPytorch(watched), 'w');
    expect(bytesRead).toBeLessThan(200_000); // zip.js looks for the directory in the last 64 KB
  });

  it('reads protocol 4 with frames, memo and stack globals', async () => {
    const short = (value: string) => `\x8c${String.fromCharCode(value.length)}${value}`;
    const body =
      `\x80\x04\x95\x10${'\0'.repeat(7)}}${short('w')}\x94` +
      `${short('torch._utils')}${short('_rebuild_tensor_v2')}\x93` +
      `((${short('storage')}${short('torch')}${short('FloatStorage')}\x93${short('0')}${short('cpu')}K\x01tQ` +
      'K\x00K\x01\x85K\x01\x85\x89}tRs';
    const checkpoint = await openPytorch(memorySource(await withPickle(body)));
    expect(Array.from((await readPytorchTensor(checkpoint, 'w')).data)).toEqual([2.5]);
  });

  it.each([
    [
      'os.system',
      'cposix\nsystem\n(X\x02\0\0\0lstR',
      'x.pt asks Python to run posix.system; Scion reads only tensors.',
    ],
    ['eval', 'cbuiltins\neval\n0}', 'x.pt asks Python to run builtins.eval; Scion reads only tensors.'],
    ['an instance', '(ios\nsystem\n', 'x.pt asks Python to run os.system; Scion reads only tensors.'],
    [
      'a stack global',
      '\x8c\x02os\x8c\x06system\x93',
      'x.pt asks Python to run os.system; Scion reads only tensors.',
    ],
    [
      'a whole module',
      'c__main__\nMy\tNet\n',
      'x.pt asks Python to run __main__.My?Net; Scion reads only tensors.',
    ],
    [
      'complex numbers',
      'ctorch\nComplexFloatStorage\n',
      'x.pt holds a torch.ComplexFloatStorage; Scion reads DoubleStorage, FloatStorage, HalfStorage, BFloat16Storage, LongStorage, IntStorage, ShortStorage, CharStorage, ByteStorage, BoolStorage.',
    ],
    [
      'a storage overrun',
      dictOf('w', tensorOf(storage('0', 1), 1, [1], [1])),
      'x.pt is damaged: a tensor of size [1] reaches element 1 of a storage of 1.',
    ],
    [
      'a memory bomb',
      dictOf('w', tensorOf(storage('0', 1), 0, [255, 255, 255], [0, 0, 0])),
      'x.pt is damaged: a tensor of size [255,255,255] repeats a storage of 1 elements.',
    ],
    [
      'a short storage',
      dictOf('w', tensorOf(storage('0', 2), 0, [2], [1])),
      'Tensor "w" of x.pt is damaged: its storage has 4 bytes, wanted 8.',
    ],
    [
      'a lost storage',
      dictOf('w', tensorOf(storage('7', 1), 0, [1], [1])),
      'x.pt is damaged: record "data/7" is missing.',
    ],
    [
      'strides of another rank',
      dictOf('w', tensorOf(storage('0', 1), 0, [1], [1, 1])),
      'The pickle of x.pt is damaged: the strides of a tensor of size [1] must be as many counts, got [1,1].',
    ],
    ['no dictionary', 'K\x07', 'x.pt holds 7, wanted a state dict: a dictionary of tensors.'],
    ['a single tensor', one, 'x.pt holds a single tensor, wanted a state dict: a dictionary of tensors.'],
    [
      'no tensors',
      dictOf('a', 'K\x07'),
      'x.pt holds no state dict: its keys are "a", wanted tensors, or a dictionary of them under "ema", "model" or "state_dict".',
    ],
    ['a cut pickle', 'X\xff\xff\xff\xff', 'The pickle of x.pt is damaged: it ends early.'],
    ['an empty stack', 's', 'The pickle of x.pt is damaged: an operation finds no value to work on.'],
    [
      'text opcodes',
      "S'x'\n",
      'The pickle of x.pt is damaged: it has pickle opcode 0x53 at byte 2, which torch.save does not write.',
    ],
    ['a wild memo', 'h\x09', 'The pickle of x.pt is damaged: it recalls value 9, which it never stored.'],
    ['a missing mark', 't', 'The pickle of x.pt is damaged: a mark is missing.'],
    ['calls of data', 'K\x07)R', 'The pickle of x.pt is damaged: it calls something that is not a function.'],
    [
      'a future protocol',
      '\x80\x09',
      'The pickle of x.pt is damaged: it is of protocol 9, and 5 is the latest.',
    ],
    [
      'a giant integer',
      '\x8b\xff\xff\xff\x7f',
      'The pickle of x.pt is damaged: it has an integer of 2147483647 bytes.',
    ],
  ])('refuses %s', async (_, body, sentence) => {
    expect(await message(await withPickle(body))).toBe(sentence);
  });

  it('reads integers of any length', async () => {
    const body = `}(${text('w')}${one}${text('a')}\x8a\x02\xff\xff${text('b')}\x8a\x09${'\0'.repeat(8)}\x01u`;
    const { values } = await openPytorch(memorySource(await withPickle(body)));
    expect(values.get('a')).toBe(-1);
    expect(values.get('b')).toBe(2n ** 64n);
  });
});

describe('damaged archives', () => {
  it('notices a changed tensor by its checksum', async () => {
    const bytes = bytesOf('layouts.pt');
    const at = bytes.findIndex((_, i) => {
      const view = new DataView(bytes.buffer, i, 8);
      return view.getFloat32(0, true) === -3 && view.getFloat32(4, true) === -2.5;
    });
    bytes[at] = 1;
    expect(await message(bytes)).toBe('x.pt is damaged: the checksum of record "layouts/data/0" is wrong.');
  });

  it('says so when the end is missing', async () => {
    expect(await message(bytesOf('dit.pt').subarray(0, 60_000))).toBe(
      'x.pt is damaged or incomplete: its ZIP directory, at the end of the file, cannot be read.',
    );
  });

  it('parses or throws a FileError, whatever bytes change in the archive', async () => {
    const whole = bytesOf('layouts.pt');
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, value } of changes) bytes[at] = value;
        await expectReadOrFileError(bytes);
      }),
      { numRuns: 400 },
    );
  });

  it('parses or throws a FileError, whatever bytes change in the pickle', async () => {
    const one = tensorOf(storage('0', 1), 0, [1], [1]);
    const whole = pickle(
      `}(${text('w')}${one}${text('lr')}G\x3f\xf0${'\0'.repeat(6)}${text('n')}\x8a\x01\x05u`,
    );
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, value } of changes) bytes[at] = value;
        await expectReadOrFileError(await archive({ 'data.pkl': bytes, 'data/0': new Uint8Array(4) }));
      }),
      { numRuns: 400 },
    );
  });

  async function expectReadOrFileError(bytes: Uint8Array): Promise<void> {
    const error: unknown = await readAll(bytes, 'x.pt').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined) expect(error).toBeInstanceOf(FileError);
  }
});
