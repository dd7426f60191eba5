import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { identify, wrongKind } from './identify.ts';

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const checkpoints = new URL('../cli/golden-data/dit/checkpoints/', import.meta.url);
const golden = (file: string) => new Uint8Array(readFileSync(new URL(file, checkpoints))).subarray(0, 512);

/** The local header of a ZIP archive's first record. */
const zipOf = (record: string) =>
  latin1(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(record.length)}\0\0\0${record}`);

describe('identify', () => {
  it.each([
    ['dit.safetensors', 'safetensors', 'a safetensors file'],
    ['dit.pt', 'pytorch', 'a PyTorch file'],
    ['layouts.pt', 'pytorch', 'a PyTorch file'],
    ['checkpoints.json', 'json', 'a JSON file'],
  ])('knows the golden %s', (file, id, label) => {
    expect(identify(golden(file), 'whatever.bin')).toMatchObject({ id, label });
  });

  it.each<[string, Uint8Array, string, string]>([
    ['plan.json', latin1('{\n "format": "scion-plan", "version": 1}'), 'plan', 'a plan'],
    ['x.json', latin1('\xef\xbb\xbf{"a": 1}'), 'json', 'a JSON file'],
    ['x.png', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'png', 'a PNG picture'],
    ['x.zip', zipOf('readme.txt'), 'zip', 'a ZIP archive'],
    ['x.npz', zipOf('arr_0.npy'), 'other', 'a NumPy archive'],
    ['x.onnx', latin1('\x08\x09\x12\x07pytorch'), 'onnx', 'an ONNX model'],
    ['x', latin1('\x08\x08:\x05'), 'onnx', 'an ONNX model'],
    ['x.jpg', latin1('\xff\xd8\xff\xe0\0\x10JFIF'), 'other', 'a JPEG picture'],
    ['x.gif', latin1('GIF89a'), 'other', 'a GIF picture'],
    ['x.webp', latin1('RIFF\x10\0\0\0WEBPVP8 '), 'other', 'a WebP picture'],
    ['x.pdf', latin1('%PDF-1.7'), 'other', 'a PDF document'],
    ['x.gz', new Uint8Array(gzipSync('x')), 'other', 'a gzip archive'],
    ['x.tar', latin1(`${'\0'.repeat(257)}ustar`), 'other', 'a tar archive'],
    ['x.gguf', latin1('GGUF\x03\0\0\0'), 'other', 'a GGUF model'],
    ['x.h5', latin1('\x89HDF\r\n\x1a\n'), 'other', 'an HDF5 file'],
    ['x.npy', latin1('\x93NUMPY\x01\0'), 'other', 'a NumPy array'],
    ['x.html', latin1('<!DOCTYPE html><html>'), 'other', 'a web page'],
    ['x.mp4', latin1('\0\0\0\x18ftypmp42'), 'other', 'a video'],
    ['x.txt', latin1('Once upon a time'), 'other', 'a text file'],
    ['x', new Uint8Array(0), 'other', 'an empty file'],
    [
      'x',
      new Uint8Array(deflateRawSync(latin1('noise')).fill(0xd7)),
      'other',
      'of a kind that Scion does not know',
    ],
  ])('%s', (name, bytes, id, label) => {
    expect(identify(bytes, name)).toMatchObject({ id, label });
  });
});

describe('wrongKind', () => {
  it.each<[string, Uint8Array, string]>([
    ['cat.jpg', latin1('\xff\xd8\xff'), 'cat.jpg is a JPEG picture; Scion opens safetensors files here.'],
    [
      'w.safetensors',
      latin1('version https://git-lfs.github.com/spec/v1\noid sha256:00'),
      'w.safetensors is a Git LFS pointer that stands for a file; run git lfs pull to get the file itself.',
    ],
    [
      'w.safetensors',
      latin1('<html>404'),
      'w.safetensors is a web page; the download brought a page instead of the file.',
    ],
    ['w', latin1('\xd7\xd7'), 'w is of a kind that Scion does not know; Scion opens safetensors files here.'],
  ])('%s', (name, bytes, sentence) => {
    expect(wrongKind(name, identify(bytes, name), 'safetensors files').message).toBe(sentence);
  });
});
