// The id of a base model that was opened: its file's name and its content, so that two models never share a plan's hash.
import { sha256Hex } from '../lib/hash.ts';

/** Numbers of each tensor that tell one training from another; hashing whole models would take seconds. */
export const sampledElements = 64;

/**
 * @param tensors names of the trained tensors
 * @param start the first `sampledElements` numbers of one
 */
export async function baseId(
  fileName: string,
  tensors: Iterable<string>,
  start: (name: string) => Promise<ArrayLike<number>>,
): Promise<string> {
  const stem = fileName.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
  const names = [...tensors].sort();
  const starts = await Promise.all(names.map(start));
  const sample = names.map((name, i) => `${name}:${Array.from(starts[i] ?? []).join(',')}`);
  return `${stem.slice(0, 100)}-${sha256Hex(sample.join('\n')).slice(0, 8)}`;
}
