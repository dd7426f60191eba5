// Finds the golden cases of a folder: by its index where it has one, and any other manifest that lies in it.
import { FileError } from '../../lib/errors.ts';
import { type Manifest, parseIndex, parseManifest } from './manifest.ts';
import type { GoldenSource } from './source.ts';

/** Manifests in the order of the indexes, then by path. */
export async function findCases(source: GoldenSource): Promise<readonly Manifest[]> {
  const paths = (await source.list()).filter((path) => path.endsWith('.json')).sort();
  const manifests = new Map<string, Manifest>();
  for (const index of paths.filter((path) => fileName(path) === 'index.json')) {
    for (const entry of parseIndex(index, await source.read(index))) {
      const path = `${folderOf(index)}${entry.manifest}`;
      if (!paths.includes(path)) {
        throw new FileError(`${index} lists the case ${entry.name}, but its manifest ${path} is missing.`);
      }
      const manifest = parseManifest(path, await source.read(path));
      if (!manifest) throw new FileError(`${path} is no manifest of a golden case: it names no "case".`);
      manifests.set(path, manifest);
    }
  }
  for (const path of paths) {
    if (manifests.has(path) || fileName(path) === 'index.json') continue;
    const manifest = parseManifest(path, await source.read(path));
    if (manifest) manifests.set(path, manifest);
  }
  if (manifests.size === 0) {
    throw new FileError(
      `${source.name} holds no golden cases: no JSON file in it names a "case". Name a folder such as src/cli/golden-data/dit.`,
    );
  }
  return [...manifests.values()];
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** With the slash at its end; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
