// Files dropped on the window: what was exported comes back bit by bit, and everything else gets one clear sentence.
import { readFileSync } from 'node:fs';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../formats/byteSource.ts';
import { decodeOnnx, encodeOnnx } from '../../formats/onnxModel.ts';
import { encodePng } from '../../formats/png.ts';
import { withPngText } from '../../formats/pngText.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { FileError, known } from '../../lib/errors.ts';
import { f32, i32, type Tensor } from '../../lib/tensor.ts';
import { canonical } from '../../plan/canonical.ts';
import { planHash } from '../../plan/hash.ts';
import { emptyPlan, type Plan } from '../../plan/plan.ts';
import { exportOnnx } from './exportOnnx.ts';
import { exportSafetensors } from './exportSafetensors.ts';
import type { GraftedModel } from './graftedModel.ts';
import { importFile } from './importFile.ts';
import { mixedPlan, tinyModel, tinyShape } from './testing.ts';

const model = tinyModel();
const open = { id: 'tiny', shape: tinyShape };
const utf8 = new TextEncoder();

const drop = (
  bytes: Uint8Array | string,
  name: string,
  context: Parameters<typeof importFile>[1] = { open },
) => importFile(memorySource(typeof bytes === 'string' ? utf8.encode(bytes) : bytes, name), context);

/** The sentence that a bad file gets. */
async function sentenceOf(bytes: Uint8Array | string, name: string, context = { open }): Promise<string> {
  const error: unknown = await drop(bytes, name, context).then(
    (opened) => new Error(`opened as ${opened.kind}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FileError);
  return error instanceof Error ? error.message : '';
}

async function tensorsOf(source: GraftedModel): Promise<{
  readonly metadata: Record<string, string>;
  readonly tensors: Record<string, Tensor>;
}> {
  const { bytes, name } = exportSafetensors(source, { dtype: 'f32' });
  const { metadata, tensors } = await readSafetensors(memorySource(bytes, name));
  return { metadata: { ...metadata }, tensors: Object.fromEntries(tensors) };
}

/** The exported model's file with metadata and tensors replaced; undefined leaves one out. */
async function edited(
  metadata: Readonly<Record<string, string | undefined>>,
  tensors: Readonly<Record<string, Tensor | undefined>> = {},
  source = model,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await tensorsOf(source);
  return writeSafetensors(
    present({ ...file.tensors, ...tensors }),
    present({ ...file.metadata, ...metadata }),
    { dtype: 'f32' },
  );
}

function present<T>(record: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const withoutPlan = {
  scion_plan: undefined,
  scion_plan_hash: undefined,
  scion_base: undefined,
};

function expectSameWeights(got: GraftedModel, wanted: GraftedModel): void {
  expect(Object.keys(got.weights).sort()).toEqual(Object.keys(wanted.weights).sort());
  for (const [name, { shape, data }] of Object.entries(wanted.weights)) {
    const found = known(got.weights[name], name);
    expect(found.shape).toEqual(shape);
    expect(Buffer.compare(bytesOf(found), bytesOf({ dtype: 'f32', shape, data })), name).toBe(0);
  }
  expect(got.frame).toEqual(wanted.frame);
}

const bytesOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe('what was exported', () => {
  it.each([
    ['safetensors', exportSafetensors(model, { dtype: 'f32' })],
    ['ONNX', exportOnnx(model)],
  ])('comes back from %s with its plan, bit by bit', async (_, { name, bytes }) => {
    const opened = await drop(bytes, name);
    expect(opened.kind).toBe('graft');
    expect(planHash(opened.plan)).toBe(planHash(mixedPlan));
    const back = known(opened.model, 'model');
    expectSameWeights(back, model);
    expect(back).toMatchObject({ pretrainingFlops: 1e12, provenance: { data: 'noise' } });
    expect(opened.sentence).toBe(`${name} is open: the plan and weights of 8 grafted slots.`);
  });

  it('exports again to the same file', async () => {
    const first = exportSafetensors(model, { dtype: 'f32' });
    const { model: back } = await drop(first.bytes, first.name);
    const second = exportSafetensors(known(back, 'model'), { dtype: 'f32' });
    expect(Buffer.from(second.bytes).equals(first.bytes)).toBe(true);
  });

  it('keeps the divisor of diffusers’ timestep code', async () => {
    const other: GraftedModel = { ...model, frame: { ...model.frame, divisor: 'halfMinusOne' } };
    const { name, bytes } = exportOnnx(other);
    expect((await drop(bytes, name)).model?.frame.divisor).toBe('halfMinusOne');
  });

  it('says that its plan was changed since', async () => {
    const other = { ...mixedPlan, seed: 8 };
    const { plan, sentence } = await drop(await edited({ scion_plan: canonical(other) }), 'x.safetensors');
    expect(plan.seed).toBe(8);
    expect(sentence).toContain('Its plan was changed after the export');
  });

  it('is a base again where nothing is grafted and another model is open', async () => {
    const { name, bytes } = exportSafetensors(tinyModel(emptyPlan('small')), { dtype: 'f32' });
    expect(await drop(bytes, name)).toMatchObject({ kind: 'base', plan: { base: 'small', slots: {} } });
    expect(await drop(bytes, name, { open: { ...open, id: 'small' } })).toMatchObject({ kind: 'graft' });
  });
});

describe('a graft without a plan', () => {
  it('is recognised by its names, with recipes at their defaults', async () => {
    const { kind, plan, sentence, model: back } = await drop(await edited(withoutPlan), 'g.safetensors');
    const { 'blocks.5.attn': _mha, ...named } = mixedPlan.slots;
    const swa = { operator: 'swa', config: { window: 4, shape: 'raster' }, initialisation: 'auto' };
    const expected = { ...emptyPlan('tiny'), slots: { ...named, 'blocks.0.attn': swa } };
    expect({ kind, plan }).toEqual({ kind: 'graft', plan: expected });
    expectSameWeights(known(back, 'model'), model);
    expect(sentence).toContain('±4 tokens are assumed');
  });

  it('needs its base open', async () => {
    const bytes = await edited(withoutPlan);
    await expect(drop(bytes, 'g.safetensors', { open: undefined })).rejects.toThrow(
      'g.safetensors holds a graft without a plan, so it does not say which model it grafts; open that model first.',
    );
    const wider = { id: 'wide', shape: { ...tinyShape, width: 64 } };
    expect(await sentenceOf(bytes, 'g.safetensors', { open: wider })).toBe(
      'g.safetensors is a graft on another model: its width is 32, that of wide is 64; open its base model first.',
    );
  });
});

describe('a plain DiT', () => {
  const golden = new URL('../../cli/golden-data/dit/checkpoints/', import.meta.url);
  const goldenBytes = (file: string) => new Uint8Array(readFileSync(new URL(file, golden)));
  const facts = { num_heads: '2', input_size: '8', mlp_ratio: '4' };

  it.each(['dit.pt', 'dit.ema.pt', 'dit.train.pt', 'dit.safetensors', 'dit.f16.safetensors'])(
    'opens from %s as a base',
    async (file) => {
      const opened = await drop(goldenBytes(file), file);
      expect(opened).toMatchObject({ kind: 'base', plan: { slots: {} } });
      expect(opened.plan.base).toMatch(/^dit[.\w]*-[0-9a-f]{8}$/);
      expect(opened.model?.frame.shape).toMatchObject({ depth: 2, width: 16, classes: 5, channels: 4 });
      expect(opened.sentence).toMatch(`${file} is open: a DiT of depth 2 and width 16.`);
    },
  );

  it('opens from diffusers’ names with the same weights', async () => {
    const { tensors } = await readSafetensors(
      memorySource(goldenBytes('diffusers.safetensors'), 'diffusers.safetensors'),
    );
    const bytes = writeSafetensors(tensors, facts, { dtype: 'f32' });
    const [renamed, original] = [
      await drop(bytes, 'd.safetensors'),
      await drop(goldenBytes('dit.pt'), 'd.pt'),
    ];
    expect(renamed.kind).toBe('base');
    expect(renamed.model?.weights).toEqual(original.model?.weights);
  });

  it('gets names that tell its weights apart', async () => {
    const one = tinyModel(emptyPlan('a'));
    const bias = 'final_layer.linear.bias';
    const moved = f32(
      [32],
      Float32Array.from(known(one.weights[bias], bias).data, (value) => value + 1),
    );
    const other = { ...one, weights: { ...one.weights, [bias]: moved } };
    const ids = await Promise.all(
      [one, one, other].map(async (source) => {
        const opened = await drop(await edited(withoutPlan, {}, source), 'a.safetensors');
        return opened.plan.base;
      }),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('says what it leaves out', async () => {
    const base = tinyModel(emptyPlan('a'));
    const bytes = await edited(withoutPlan, { 'head.weight': f32([1], [1]) }, base);
    expect((await drop(bytes, 'a.safetensors')).sentence).toContain(
      'Tensors that belong to no part of the model were left out: head.weight.',
    );
  });
});

describe('a plan', () => {
  const picture = encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) });
  const { format, ...unmarked } = mixedPlan; // to put the mark behind all else, out of reach of the first bytes

  it.each<[string, Uint8Array | string]>([
    ['g.graft.json', canonical(mixedPlan)],
    ['late.json', JSON.stringify({ ...unmarked, format }, null, 12)],
    ['strip.png', withPngText(picture, { scion_plan: canonical(mixedPlan) })],
  ])('opens from %s', async (name, content) => {
    expect(await drop(content, name)).toEqual({
      kind: 'plan',
      plan: mixedPlan,
      model: undefined,
      sentence: `${name} is open: a plan with 8 grafted slots, without weights.`,
    });
  });

  it('of a newer version gets its sentence, in JSON, pictures and models', async () => {
    const newer = JSON.stringify({ ...mixedPlan, version: 2 });
    const files = {
      'a.json': newer,
      'b.png': withPngText(picture, { scion_plan: newer }),
      'c.safetensors': await edited({ scion_plan: newer }),
    };
    for (const [name, content] of Object.entries(files)) {
      expect(await sentenceOf(content, name)).toBe(
        `${name}: This plan was made by a newer Scion (version 2, this one reads 1); open it there or update this page.`,
      );
    }
  });

  it.each<[string, Plan | object, string]>([
    [
      'another model',
      { ...mixedPlan, base: 'other' },
      'This plan grafts the model "other", but "tiny" is open.',
    ],
    [
      'a block that is not there',
      { ...emptyPlan('tiny'), slots: { 'blocks.9.attn': known(mixedPlan.slots['blocks.0.attn'], 'slot') } },
      'This plan changes block 9, but tiny ends at block 6.',
    ],
    [
      'an operator that is not there',
      { ...emptyPlan('tiny'), slots: { 'blocks.0.attn': { operator: 'flash', config: {} } } },
      'asks for the operator "flash"',
    ],
    [
      'a window wider than the image',
      {
        ...emptyPlan('tiny'),
        slots: { 'blocks.0.attn': { operator: 'swa', config: { window: 99, shape: 'raster' } } },
      },
      'should lie between 1 and 15, got 99',
    ],
  ])('for %s gets its sentence', async (_, plan, sentence) => {
    expect(await sentenceOf(JSON.stringify(plan), 'p.json')).toContain(`p.json: `);
    expect(await sentenceOf(JSON.stringify(plan), 'p.json')).toContain(sentence);
  });
});

describe('a file of another kind', () => {
  const ends =
    '; Scion opens models (safetensors, PyTorch .pt, ONNX files of its own), plans, and pictures that carry a plan here.';
  const picture = encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) });

  it.each<[string, Uint8Array | string, string]>([
    ['cat.jpg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), `cat.jpg is a JPEG picture${ends}`],
    ['nothing.pt', new Uint8Array(), `nothing.pt is an empty file${ends}`],
    ['notes.safetensors', 'Dear diary', `notes.safetensors is a text file${ends}`],
    ['package.json', '{"name": "x"}', `package.json is a JSON file but no plan${ends}`],
    ['w.gz', Uint8Array.of(0x1f, 0x8b, 8), 'w.gz is a gzip archive; unpack it first.'],
    [
      'cat.png',
      picture,
      'cat.png is a PNG picture that carries no plan; pictures that Scion saved carry theirs.',
    ],
    ['cut.png', picture.subarray(0, 40), 'cut.png is a damaged PNG picture: it ends inside a chunk.'],
  ])('%s', async (name, content, sentence) => {
    expect(await sentenceOf(content, name)).toBe(sentence);
  });

  it('names an ONNX model of another program', async () => {
    const { metadata: _, ...foreign } = decodeOnnx(exportOnnx(model).bytes);
    const bytes = encodeOnnx({ ...foreign, metadata: {}, producerName: 'pytorch' });
    expect(await sentenceOf(bytes, 'net.onnx')).toBe(
      'net.onnx is an ONNX model that Scion did not export; Scion opens its own ONNX files, and other models as safetensors or PyTorch (.pt) files.',
    );
  });

  it('refuses a .pt whose pickle would run a program', async () => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0, useWebWorkers: false });
    const pickle = Uint8Array.from('\x80\x02cposix\nsystem\nX\x02\0\0\0ls\x85R.', (c) => c.charCodeAt(0));
    await writer.add('x/data.pkl', new Uint8ArrayReader(pickle));
    expect(await sentenceOf(await writer.close(), 'evil.pt')).toMatch(/^evil\.pt .*posix.*system/);
  });
});

describe('a damaged or hostile model', () => {
  const sound = exportSafetensors(model, { dtype: 'f32' }).bytes;

  it('says that a safetensors file is cut off', async () => {
    expect(await sentenceOf(sound.subarray(0, sound.length - 4), 'cut.safetensors')).toMatch(
      /^cut\.safetensors is not a sound safetensors file: tensor ".*" claims bytes \d+ to \d+ of its data, and there are \d+; the file may be incomplete\.$/,
    );
  });

  it('says that a header claims more than there is', async () => {
    const bytes = sound.slice();
    new DataView(bytes.buffer).setUint32(0, 0x7fffffff, true);
    expect(await sentenceOf(bytes, 'big.safetensors')).toBe(
      `big.safetensors is not a sound safetensors file: its header claims 2147483647 bytes, and the file has ${bytes.length}.`,
    );
  });

  it.each<[string, Record<string, string | undefined>, Record<string, Tensor | undefined>, string]>([
    [
      'of a wrong shape',
      {},
      { 'blocks.6.attn.qkv.weight': f32([32, 96], new Float32Array(3072)) },
      'blocks.6.attn.qkv.weight has shape [32, 96], expected [96, 32] in a DiT of depth 7 and width 32; it is transposed.',
    ],
    [
      'that is missing',
      {},
      { 'blocks.4.attn.A_log': undefined },
      'The checkpoint lacks tensors of a DiT of depth 7 and width 32: blocks.4.attn.A_log.',
    ],
    [
      'of whole numbers',
      {},
      { 'final_layer.linear.bias': i32([32], new Int32Array(32)) },
      'final_layer.linear.bias of m.safetensors holds whole numbers; the weights of a DiT are floats.',
    ],
    [
      'that is not finite',
      {},
      { 'final_layer.linear.bias': f32([32], new Float32Array(32).fill(Number.POSITIVE_INFINITY)) },
      'final_layer.linear.bias of m.safetensors holds Infinity at position 0; a model with such weights draws nothing.',
    ],
    [
      'for no class',
      {},
      { 'y_embedder.embedding_table.weight': f32([1, 32], new Float32Array(32)) },
      'm.safetensors is no DiT that can run: its classes would be 0.',
    ],
    [
      'with half a head',
      { num_heads: '0.5' },
      {},
      'm.safetensors is no DiT that can run: its heads would be 0.5.',
    ],
    [
      'with a plan that is no JSON',
      { scion_plan: '{' },
      {},
      'm.safetensors: This file is not a plan: it is not valid JSON.',
    ],
    [
      'with an image size that no memory holds',
      { input_size: '4e9' },
      { pos_embed: undefined },
      'm.safetensors needs more memory than this browser gives; a smaller model is needed.',
    ],
  ])('names a tensor or model %s', async (_, metadata, tensors, sentence) => {
    expect(await sentenceOf(await edited(metadata, tensors), 'm.safetensors')).toBe(sentence);
  });

  it('answers any cut or flipped byte of any file with a model or one sentence', async () => {
    const files = [sound, exportOnnx(model).bytes];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.nat(6000), fc.nat(255)), { maxLength: 3 }),
        async (file, part, changes) => {
          const bytes = file.slice(0, Math.ceil(part * file.length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const error: unknown = await drop(bytes, 'f').then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          if (error !== undefined) expect(error).toBeInstanceOf(FileError);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
