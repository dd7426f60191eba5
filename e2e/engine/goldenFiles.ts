// The committed golden sets as files that a page fetches. Vite serves every file below the folder under an address.

import type { GoldenSource } from '../../src/cli/golden/source.ts';
import { FileError, known } from '../../src/lib/errors.ts';

const root = '../../src/cli/golden-data/';
const addresses = import.meta.glob<string>('../../src/cli/golden-data/**/*.{json,safetensors,pt}', {
  query: '?url',
  import: 'default',
  eager: true,
});

export function servedSource(set: string): GoldenSource {
  const folder = `${root}${set}/`;
  return {
    name: set,
    list: async () =>
      Object.keys(addresses).flatMap((path) => (path.startsWith(folder) ? [path.slice(folder.length)] : [])),
    read: (path) => fetchBytes(known(addresses[folder + path], `the address of ${set}/${path}`)),
  };
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new FileError(`${address} could not be fetched: ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
