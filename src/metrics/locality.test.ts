import { describe, expect, it } from 'vitest';
import { goldenCase, largestDifference } from '../cli/golden-data/goldenCase.ts';
import { bandLocality, headLocality, layerLocality, uniformLocality } from './locality.ts';

const golden = goldenCase('locality');
const bands = [...golden.i32('k')];
const maps = golden.tensor('attention');
const [layers = 0, samples = 0, heads = 0, tokens = 0] = maps.shape;

function layerMaps(layer: number) {
  const size = samples * heads * tokens * tokens;
  return {
    shape: [samples, heads, tokens, tokens],
    data: maps.data.slice(layer * size, (layer + 1) * size),
  };
}

/** The values of all layers with the band as the last axis, as the golden file has them. */
function bandLast(values: (layer: number, k: number) => ArrayLike<number>): number[] {
  return Array.from({ length: layers }, (_, layer) => {
    const columns = bands.map((k) => Array.from(values(layer, k)));
    return Array.from(columns[0] ?? [], (_, i) => columns.map((column) => column[i] ?? Number.NaN));
  }).flat(2);
}

describe('locality', () => {
  it('is the reference for every sample and head', () => {
    const got = bandLast((layer, k) => bandLocality(layerMaps(layer), k));
    expect(largestDifference(got, golden.f32('L_per_sample_head'))).toBeLessThan(2e-7);
  });

  it('is the reference for every head and every layer', () => {
    const byHead = bandLast((layer, k) => headLocality(layerMaps(layer), k));
    expect(largestDifference(byHead, golden.f32('L_per_head'))).toBeLessThan(2e-7);
    const byLayer = bandLast((layer, k) => [layerLocality(layerMaps(layer), k)]);
    expect(largestDifference(byLayer, golden.f32('L_per_layer'))).toBeLessThan(2e-7);
  });

  it('has the closed form for attention that spreads evenly', () => {
    expect(bands.map((k) => uniformLocality(tokens, k))).toEqual([...golden.f64('uniform')]);
    const even = { shape: [1, 1, 9, 9], data: new Float64Array(81).fill(1 / 9) };
    for (const k of [0, 1, 4, 8, 20]) expect(uniformLocality(9, k)).toBeCloseTo(layerLocality(even, k), 14);
    // The reference line of the paper's setting, N = 256 and k = 32.
    expect(uniformLocality(256, 32)).toBeCloseTo(0.238, 3);
  });

  it('refuses maps of another shape', () => {
    expect(() => bandLocality({ shape: [2, 3, 3], data: new Float32Array(18) }, 1)).toThrow(
      'Locality needs attention maps [B, H, N, N], got shape [2, 3, 3] with 18 elements.',
    );
  });
});
