// Text chunks of a PNG file: the recipe that made a picture travels inside it.
import { crc32 } from '../lib/crc32.ts';
import { FileError } from '../lib/errors.ts';

const signatureBytes = 8;
/** Length, type and checksum around the data of a chunk (PNG specification §5.3). */
const chunkOverhead = 12;

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** The chunks in order, each checked against its checksum. */
function* chunksOf(png: Uint8Array, name: string): Generator<Chunk> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  let position = signatureBytes;
  while (position < png.length) {
    const left = png.length - position;
    const length = left < chunkOverhead ? Number.POSITIVE_INFINITY : view.getUint32(position);
    if (length > left - chunkOverhead) {
      throw new FileError(`${name} is a damaged PNG picture: it ends inside a chunk.`);
    }
    const typed = png.subarray(position + 4, position + 8 + length);
    const type = latin1(typed.subarray(0, 4));
    if (crc32(typed) !== view.getUint32(position + 8 + length)) {
      throw new FileError(`${name} is a damaged PNG picture: the checksum of a chunk is wrong.`);
    }
    yield { type, data: typed.subarray(4) };
    if (type === 'IEND') return;
    position += chunkOverhead + length;
  }
  throw new FileError(`${name} is a damaged PNG picture: its end is missing.`);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Uncompressed texts by keyword, of tEXt (Latin-1) and iTXt (UTF-8) chunks. */
export function readPngText(png: Uint8Array, name: string): Record<string, string> {
  const texts = new Map<string, string>();
  for (const { type, data } of chunksOf(png, name)) {
    if (type !== 'tEXt' && type !== 'iTXt') continue;
    const end = data.indexOf(0);
    if (end < 1 || end > 79) continue;
    const body = type === 'iTXt' ? bodyOfInternational(data, end) : data.subarray(end + 1);
    if (body === undefined) continue;
    texts.set(
      latin1(data.subarray(0, end)),
      new TextDecoder(type === 'iTXt' ? 'utf-8' : 'latin1').decode(body),
    );
  }
  texts.delete('__proto__');
  return Object.fromEntries(texts);
}

/** Behind the keyword: compression flag and method, then language and translated keyword, each ended by a zero. */
function bodyOfInternational(data: Uint8Array, keywordEnd: number): Uint8Array | undefined {
  if (data[keywordEnd + 1] !== 0) return undefined;
  const languageEnd = data.indexOf(0, keywordEnd + 3);
  const translationEnd = data.indexOf(0, languageEnd + 1);
  return languageEnd < 0 || translationEnd < 0 ? undefined : data.subarray(translationEnd + 1);
}

/** The same picture with a text in it. The keyword is 1 to 79 printable ASCII characters. */
export function withPngText(
  png: Uint8Array,
  texts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const end = png.length - chunkOverhead; // IEND has no data
  const chunks = Object.entries(texts).map(([keyword, text]) => internationalText(keyword, text));
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, png.length);
  const result = new Uint8Array(size);
  result.set(png.subarray(0, end));
  let position = end;
  for (const chunk of chunks) {
    result.set(chunk, position);
    position += chunk.length;
  }
  result.set(png.subarray(end), position);
  return result;
}

function internationalText(keyword: string, text: string): Uint8Array {
  if (!/^[!-~]([ -~]{0,77}[!-~])?$/.test(keyword)) {
    throw new FileError(
      `A PNG picture cannot carry the keyword "${keyword}"; use 1 to 79 printable ASCII characters.`,
    );
  }
  const typed = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(typed.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, typed.length - 4);
  chunk.set(typed, 4);
  view.setUint32(4 + typed.length, crc32(typed));
  return chunk;
}
