import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../lib/crc32.ts';
import { FileError } from '../lib/errors.ts';
import { decodePng, encodePng, type Picture } from './png.ts';
import { readPngText } from './pngText.ts';

const anyPicture: fc.Arbitrary<Picture> = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1 as const, 3 as const),
  })
  .chain(({ width, height, channels }) => {
    const length = width * height * channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data) => ({ width, height, channels, data }));
  });
const anyText = fc.dictionary(
  fc.stringMatching(/^[A-Za-z][A-Za-z ]{0,20}[a-z]$/),
  fc.string({ unit: 'grapheme' }),
);

const grey: Picture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) };

describe('png', () => {
  it('reads back pixels and texts', () => {
    fc.assert(
      fc.property(anyPicture, anyText, (picture, text) => {
        const file = decodePng(encodePng(picture, text));
        expect(file.picture).toEqual(picture);
        expect(file.text).toEqual({ ...text });
      }),
    );
  });

  it('carries texts of any alphabet, and reads Latin-1 ones of other programs', () => {
    expect(decodePng(encodePng(grey, { plan: 'größer ≥ 素' })).text).toEqual({ plan: 'größer ≥ 素' });
    const foreign = encode({ ...grey, text: { workflow: 'größer' } });
    expect(readPngText(foreign, 'x.png')).toEqual({ workflow: 'größer' });
    expect(() => encodePng(grey, { schlüssel: 'x' })).toThrow(
      'A PNG picture cannot carry the keyword "schlüssel"; use 1 to 79 printable ASCII characters.',
    );
  });

  it('leaves opacity out and resolves palettes', () => {
    const rgba = encode({ width: 1, height: 1, channels: 4, data: Uint8Array.of(1, 2, 3, 128) });
    expect(decodePng(rgba).picture).toEqual({
      width: 1,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 2, 3),
    });
    const indexed = encode({
      width: 2,
      height: 1,
      channels: 1,
      depth: 8,
      data: Uint8Array.of(1, 0),
      palette: [
        [9, 8, 7],
        [1, 2, 3],
      ],
    });
    expect(Array.from(decodePng(indexed).picture.data)).toEqual([1, 2, 3, 9, 8, 7]);
  });

  it('says what is wrong with a file', () => {
    const sentence = (bytes: Uint8Array) => {
      try {
        decodePng(bytes, 'x.png');
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
        return error instanceof Error ? error.message : '';
      }
      return 'no error';
    };
    const good = encodePng(grey, { plan: '{}' });
    const flipped = good.slice();
    flipped[20] = Number(flipped[20]) ^ 1;
    expect(sentence(Uint8Array.of(0xff, 0xd8, 0xff))).toBe(
      'x.png is a JPEG picture; Scion opens PNG pictures here.',
    );
    expect(sentence(good.subarray(0, 40))).toBe('x.png is a damaged PNG picture: it ends inside a chunk.');
    expect(sentence(good.subarray(0, good.length - 12))).toBe(
      'x.png is a damaged PNG picture: its end is missing.',
    );
    expect(sentence(flipped)).toBe('x.png is a damaged PNG picture: the checksum of a chunk is wrong.');
    expect(sentence(encode({ ...grey, depth: 16, data: Uint16Array.of(0, 1) }))).toBe(
      'x.png has 16 bits a channel; save it as an 8-bit PNG picture.',
    );
  });

  /** Mends the checksum of IHDR, so that its fields reach the decoder. */
  function withHeader(change: (view: DataView) => void): Uint8Array {
    const bytes = encodePng(grey);
    const view = new DataView(bytes.buffer);
    change(view);
    view.setUint32(29, crc32(bytes.subarray(12, 29)));
    return bytes;
  }

  it('refuses giant pictures before unpacking them', () => {
    const giant = withHeader((view) => {
      view.setUint32(16, 2 ** 31);
      view.setUint32(20, 2 ** 31);
    });
    expect(() => decodePng(giant, 'x.png')).toThrow(
      'x.png has 2147483648 × 2147483648 pixels; Scion opens up to 16777216.',
    );
  });

  it('parses or throws a FileError, whatever the header says', () => {
    const field = fc.record({ at: fc.integer({ min: 16, max: 28 }), value: fc.nat(16) });
    fc.assert(
      fc.property(fc.array(field, { maxLength: 3 }), (fields) => {
        const bytes = withHeader((view) => {
          for (const { at, value } of fields) view.setUint8(at, value);
        });
        try {
          decodePng(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('parses or throws a FileError, whatever bytes change', () => {
    const whole = encodePng(grey, { plan: '{"a":1}' });
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(whole.length), (changes, cut) => {
        const bytes = whole.slice(0, cut);
        for (const { at, value } of changes) if (at < cut) bytes[at] = value;
        try {
          decodePng(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
