// Files of the demo, which lie beside the page.
import { FileError } from '../../lib/errors.ts';

export type ReadDemoFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

export const fetchDemoFile: ReadDemoFile = async (name) => {
  const response = await fetch(new URL(`demo/${name}`, document.baseURI));
  if (!response.ok)
    throw new FileError(`The demo's ${name} could not be fetched: the server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
};
