import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex } from './hash.ts';

describe('sha256Hex', () => {
  it('gives the published digests of FIPS 180-4', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('agrees with the platform on text and on views into larger buffers', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) % 251).subarray(3, 997);
    expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(sha256Hex('Größe 😀')).toBe(createHash('sha256').update('Größe 😀', 'utf8').digest('hex'));
  });
});

describe('canonicalJson', () => {
  it('sorts members at every level and leaves no space', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }], a: 'x', B: true })).toBe(
      '{"B":true,"a":"x","b":[{"a":null,"z":1}]}',
    );
  });

  it('writes numbers in their shortest form', () => {
    expect(canonicalJson([1e-3, 100, -0, 1e21, 0.1 + 0.2])).toBe('[0.001,100,0,1e+21,0.30000000000000004]');
  });

  it('leaves undefined members out', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('reads back equal and does not depend on the order of insertion', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('names the place of a value that JSON cannot hold', () => {
    expect(() => canonicalJson({ a: [1, Number.NaN] })).toThrow('$.a[1] is NaN, which JSON cannot hold');
    expect(() => canonicalJson({ a: new Float32Array(1) })).toThrow('$.a is no JSON value: Float32Array');
    expect(() => canonicalJson([undefined])).toThrow('$[0] is no JSON value: undefined');
    expect(() => canonicalJson(Object.assign([], { length: 1 }))).toThrow('$[0] is no JSON value: undefined');
  });
});
