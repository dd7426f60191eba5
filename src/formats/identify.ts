// Says what a file is from its first bytes and its name, so that an error text can name it.
import { FileError } from '../lib/errors.ts';

export type FileKindId =
  | 'safetensors'
  | 'pytorch'
  | 'pytorch-legacy'
  | 'onnx'
  | 'png'
  | 'plan'
  | 'json'
  | 'zip'
  | 'other';

export interface FileKind {
  readonly id: FileKindId;
  /** With its article, to follow "is": `a JPEG picture`. */
  readonly label: string;
  /** What to do about it, as the end of a sentence. */
  readonly advice?: string;
}

interface Rule extends FileKind {
  readonly matches: (file: Head) => boolean;
}

/** The first bytes of a file, about 512 of them, and the same as text with one character a byte. */
interface Head {
  readonly bytes: Uint8Array;
  readonly latin1: string;
  readonly name: string;
}

const starts =
  (signature: string, offset = 0) =>
  ({ latin1 }: Head) =>
    latin1.startsWith(signature, offset);

const anyOf =
  (...rules: ((file: Head) => boolean)[]) =>
  (file: Head) =>
    rules.some((rule) => rule(file));

/** The first that matches is the answer. */
const rules: readonly Rule[] = [
  { id: 'other', label: 'an empty file', matches: ({ bytes }) => bytes.length === 0 },
  { id: 'safetensors', label: 'a safetensors file', matches: isSafetensors },
  { id: 'png', label: 'a PNG picture', matches: starts('\x89PNG\r\n\x1a\n') },
  { id: 'pytorch', label: 'a PyTorch file', matches: isPytorchZip },
  {
    id: 'pytorch-legacy',
    label: 'a PyTorch file of the old kind, from before 1.6',
    advice: 'load it in PyTorch and save it again with torch.save',
    matches: starts('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'),
  },
  {
    id: 'other',
    label: 'a bare Python pickle',
    advice: 'load it in Python and save its tensors with safetensors or torch.save',
    matches: ({ bytes }) => bytes[0] === 0x80 && Number(bytes[1]) >= 2 && Number(bytes[1]) <= 5,
  },
  {
    id: 'other',
    label: 'a Git LFS pointer that stands for a file',
    advice: 'run git lfs pull to get the file itself',
    matches: starts('version https://git-lfs.github.com/spec/'),
  },
  { id: 'other', label: 'a NumPy archive', matches: isNumpyArchive },
  {
    id: 'other',
    label: 'a Keras model',
    matches: ({ latin1, name }) => isZip(latin1) && ends(name, '.keras'),
  },
  { id: 'zip', label: 'a ZIP archive', matches: ({ latin1 }) => isZip(latin1) },
  { id: 'other', label: 'a JPEG picture', matches: starts('\xff\xd8\xff') },
  { id: 'other', label: 'a GIF picture', matches: anyOf(starts('GIF87a'), starts('GIF89a')) },
  {
    id: 'other',
    label: 'a WebP picture',
    matches: ({ latin1 }) => latin1.startsWith('RIFF') && latin1.startsWith('WEBP', 8),
  },
  { id: 'other', label: 'an AVIF picture', matches: starts('ftypavif', 4) },
  { id: 'other', label: 'a video', matches: anyOf(starts('ftyp', 4), starts('\x1a\x45\xdf\xa3')) },
  { id: 'other', label: 'a TIFF picture', matches: anyOf(starts('II*\0'), starts('MM\0*')) },
  { id: 'other', label: 'a PDF document', matches: starts('%PDF-') },
  { id: 'other', label: 'a gzip archive', advice: 'unpack it first', matches: starts('\x1f\x8b') },
  {
    id: 'other',
    label: 'a Zstandard archive',
    advice: 'unpack it first',
    matches: starts('\x28\xb5\x2f\xfd'),
  },
  { id: 'other', label: 'a 7z archive', advice: 'unpack it first', matches: starts('7z\xbc\xaf\x27\x1c') },
  { id: 'other', label: 'a RAR archive', advice: 'unpack it first', matches: starts('Rar!\x1a\x07') },
  { id: 'other', label: 'a tar archive', advice: 'unpack it first', matches: starts('ustar', 257) },
  { id: 'other', label: 'a GGUF model', matches: starts('GGUF') },
  { id: 'other', label: 'an HDF5 file', matches: starts('\x89HDF\r\n\x1a\n') },
  { id: 'other', label: 'a NumPy array', matches: starts('\x93NUMPY') },
  { id: 'other', label: 'a TensorFlow Lite model', matches: starts('TFL3', 4) },
  {
    id: 'other',
    label: 'a web page',
    advice: 'the download brought a page instead of the file',
    matches: ({ latin1 }) => /^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i.test(latin1),
  },
  { id: 'plan', label: 'a plan', matches: ({ latin1 }) => isJson(latin1) && latin1.includes('"scion-plan"') },
  { id: 'json', label: 'a JSON file', matches: ({ latin1 }) => isJson(latin1) },
  { id: 'onnx', label: 'an ONNX model', matches: isOnnx },
  { id: 'other', label: 'a text file', matches: ({ bytes }) => isText(bytes) },
];

/** `head` holds the first 512 bytes of the file, or all of a shorter one. */
export function identify(head: Uint8Array, name: string): FileKind {
  const file: Head = { bytes: head, latin1: String.fromCharCode(...head.subarray(0, 512)), name };
  return (
    rules.find(({ matches }) => matches(file)) ?? { id: 'other', label: 'of a kind that Scion does not know' }
  );
}

/** `cat.jpg is a JPEG picture; Scion opens safetensors files here.` */
export function wrongKind(name: string, { label, advice }: FileKind, wanted: string): FileError {
  const end = advice === undefined ? `Scion opens ${wanted} here` : advice;
  return new FileError(`${name} is ${label}; ${end}.`);
}

function ends(name: string, ending: string): boolean {
  return name.toLowerCase().endsWith(ending);
}

/** A sane header length, then the brace of the JSON header. */
function isSafetensors({ bytes }: Head): boolean {
  const high = bytes.subarray(4, 8);
  return bytes.length > 8 && bytes[8] === 0x7b && high.every((byte) => byte === 0);
}

function isZip(latin1: string): boolean {
  return latin1.startsWith('PK\x03\x04') || latin1.startsWith('PK\x05\x06');
}

/** Name of the first record, from its local header. */
function firstRecord({ bytes, latin1 }: Head): string {
  if (!isZip(latin1) || bytes.length < 30) return '';
  return latin1.slice(30, 30 + Number(bytes[26]) + 256 * Number(bytes[27]));
}

function isPytorchZip(file: Head): boolean {
  return /(^|\/)(data\.pkl|\.format_version|byteorder|version|data\/\d+)$/.test(firstRecord(file));
}

function isNumpyArchive(file: Head): boolean {
  return isZip(file.latin1) && (ends(file.name, '.npz') || ends(firstRecord(file), '.npy'));
}

function isJson(latin1: string): boolean {
  return /^(\xef\xbb\xbf)?\s*\{\s*("|\}|$)/.test(latin1);
}

/**
 * ONNX has no signature: a ModelProto begins with the field ir_version (tag 8), a small number, and goes on with the tag
 * of another of its fields.
 */
function isOnnx({ bytes, name }: Head): boolean {
  const following = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72];
  const looksRight = bytes[0] === 0x08 && Number(bytes[1]) > 0 && Number(bytes[1]) < 64;
  return looksRight && (following.includes(Number(bytes[2])) || ends(name, '.onnx'));
}

/** UTF-8 without control characters; a character cut off by the end of the head is fine. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return ![...text].some((character) => character < ' ' && !'\t\n\r'.includes(character));
  } catch {
    return false;
  }
}
