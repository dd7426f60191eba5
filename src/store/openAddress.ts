// A file by its address, such as one of Hugging Face: fetched whole into this browser, then opened like one that was dropped.
import { FileError, sentence, UserError } from '../lib/errors.ts';
import { openFile } from './openFile.ts';
import { useSession } from './sessionStore.ts';
import { say } from './viewStore.ts';

/** A larger one is better downloaded and dropped: its graph is then drawn from the header, its weights stay on the disk. */
const mostBytes = 600e6;

/** Fetches and opens, or says in one sentence why not. */
export async function openAddress(address: URL): Promise<void> {
  try {
    await openFile(await fetched(address));
  } catch (error) {
    say(sentence(error), 'error');
    if (!(error instanceof UserError)) throw error;
  } finally {
    useSession.setState({ status: null });
  }
}

async function fetched(address: URL): Promise<File> {
  const name = decodeURIComponent(address.pathname.split('/').at(-1) ?? '');
  const instead = 'download it and drop the file here instead.';
  const response = await fetch(address).catch((cause) => {
    throw new FileError(`${name} could not be fetched from ${address.host}; ${instead}`, { cause });
  });
  if (!response.ok || !response.body)
    throw new FileError(
      `${name} could not be fetched: ${address.host} answered ${response.status}; check the address, or ${instead}`,
    );
  const size = Number(response.headers.get('content-length') ?? 0);
  if (size > mostBytes) {
    await response.body.cancel();
    throw new FileError(`${name} has ${(size / 1e9).toFixed(1)} GB; ${instead}`);
  }
  return new File(await read(response.body, size, `Fetching ${name}`), name);
}

async function read(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  size: number,
  text: string,
): Promise<BlobPart[]> {
  const parts: BlobPart[] = [];
  const reader = body.getReader();
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value);
    bytes += value.length;
    useSession.setState({ status: { text, fraction: size > 0 ? Math.min(1, bytes / size) : null } });
  }
}
