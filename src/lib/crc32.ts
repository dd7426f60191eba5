// The CRC-32 of ZIP, PNG and of our own stored records (ISO 3309, reflected polynomial 0xEDB88320).

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  table[byte] = remainder;
}

/** The checksum of `bytes`; `previous` continues the one of the bytes before them. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ Number(table[(crc ^ Number(bytes[i])) & 0xff]);
  }
  return ~crc >>> 0;
}
