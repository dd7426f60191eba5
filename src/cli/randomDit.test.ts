// The generated file of a small published size: it opens as that model, and half precision halves it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { memorySource } from '../formats/byteSource.ts';
import { openCheckpoint } from '../formats/checkpoint.ts';
import { recogniseDit } from '../models/checkpoint.ts';
import { publishedShape } from '../models/shape.ts';
import { dtypeNamed, shapeNamed, writeRandomDit } from './randomDit.ts';

const folder = mkdtempSync(join(tmpdir(), 'scion-random-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['f32', 'f16', 'bf16'] as const)('writes a whole DiT in %s', async (dtype) => {
  const shape = publishedShape('S', 8, { width: 96, heads: 3, depth: 2 });
  const path = join(folder, dtype);
  const bytes = await writeRandomDit(path, { shape, dtype, seed: 1 });
  const file = readFileSync(path);
  expect(file.length).toBe(bytes);
  const checkpoint = recogniseDit(await openCheckpoint(memorySource(new Uint8Array(file), dtype)));
  expect(checkpoint).toMatchObject({ shape, unknown: [], notes: [] });
  const { data } = await checkpoint.read('blocks.1.mlp.fc1.weight');
  const numbers = Array.from(data, Number);
  const spread = Math.sqrt(numbers.reduce((sum, value) => sum + value ** 2, 0) / numbers.length);
  expect(spread).toBeGreaterThan(0.018);
  expect(spread).toBeLessThan(0.022);
});

it('names the sizes that there are', () => {
  expect(shapeNamed('xl/2')).toEqual(publishedShape('XL', 2));
  expect(() => shapeNamed('XXL/3')).toThrow(
    'There is no DiT-XXL/3; sizes are S, B, L and XL with patches of 2, 4 or 8, as in XL/2.',
  );
  expect(() => dtypeNamed('int4')).toThrow('Weights are written as f32, f16, bf16, not as int4.');
});
