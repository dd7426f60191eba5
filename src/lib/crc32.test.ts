import { expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

it('gives the published check values', () => {
  expect(crc32(ascii(''))).toBe(0);
  expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
  expect(crc32(ascii('IEND'))).toBe(0xae426082); // the last four bytes of every PNG file
});

it('continues over parts', () => {
  expect(crc32(ascii('6789'), crc32(ascii('12345')))).toBe(0xcbf43926);
});
