// Pictures as PNG files: 8-bit grey or colour, with the recipe that made them as text.
import { convertIndexedToRgb, decode, encode, hasPngSignature } from 'fast-png';
import { assert, FileError } from '../lib/errors.ts';
import { identify, wrongKind } from './identify.ts';
import { readPngText, withPngText } from './pngText.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green and blue. */
  readonly channels: 1 | 3;
  /** Rows from the top, channels of a pixel side by side. */
  readonly data: Uint8Array;
}

export interface PngFile {
  readonly picture: Picture;
  readonly text: Readonly<Record<string, string>>;
}

/** Far above any picture that Scion makes, and low enough that a hostile file cannot fill the memory. */
const largestPixelCount = 2 ** 24;

export function encodePng(
  picture: Picture,
  text: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const { width, height, channels, data } = picture;
  assert(
    data.length === width * height * channels,
    () => `${data.length} values for ${width} × ${height} × ${channels}`,
  );
  return withPngText(encode({ width, height, channels, depth: 8, data }), text);
}

export function decodePng(bytes: Uint8Array, name = 'The picture'): PngFile {
  if (!hasPngSignature(bytes)) throw wrongKind(name, identify(bytes.subarray(0, 512), name), 'PNG pictures');
  const text = readPngText(bytes, name);
  const { width, height, depth } = sizeOfPicture(bytes);
  if (width * height > largestPixelCount) {
    throw new FileError(`${name} has ${width} × ${height} pixels; Scion opens up to ${largestPixelCount}.`);
  }
  if (depth === 16) throw new FileError(`${name} has 16 bits a channel; save it as an 8-bit PNG picture.`);
  try {
    return { picture: decodePixels(bytes), text };
  } catch (cause) {
    throw new FileError(`${name} is a damaged PNG picture: its pixels cannot be unpacked.`, { cause });
  }
}

/** From IHDR, which must come first: length, type, then width, height and bit depth. */
function sizeOfPicture(bytes: Uint8Array): { width: number; height: number; depth: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 29) return { width: 0, height: 0, depth: 0 };
  return { width: view.getUint32(16), height: view.getUint32(20), depth: view.getUint8(24) };
}

function decodePixels(bytes: Uint8Array): Picture {
  const png = decode(bytes);
  const { width, height } = png;
  const colours = png.palette === undefined ? png.data : convertIndexedToRgb(png);
  const stored = colours.length / (width * height);
  const channels = stored >= 3 ? 3 : 1;
  if (!Number.isInteger(stored) || stored < 1)
    throw new Error(`${colours.length} values for ${width} × ${height}`);
  const data = new Uint8Array(width * height * channels);
  // A fourth channel, or the second beside grey, is opacity and is left out.
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      data[pixel * channels + channel] = Number(colours[pixel * stored + channel]);
    }
  }
  return { width, height, channels, data };
}
