// One golden case with its files read and checked against their hashes.
import { FileError } from '../../lib/errors.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { fileName, folderOf } from './findCases.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import type { GoldenSource } from './source.ts';
import { type GoldenTensor, readTensorFile } from './tensorFile.ts';

export class GoldenCase {
  readonly manifest: Manifest;
  /** Tensors by name, file by file; files of other kinds are in `bytes` alone. */
  readonly #files: ReadonlyMap<string, ReadonlyMap<string, GoldenTensor>>;
  /** Every file's content by its path in the manifest. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly #sibling: (name: string) => Promise<GoldenCase>;

  private constructor(
    manifest: Manifest,
    files: ReadonlyMap<string, ReadonlyMap<string, GoldenTensor>>,
    bytes: ReadonlyMap<string, Uint8Array>,
    sibling: (name: string) => Promise<GoldenCase>,
  ) {
    this.manifest = manifest;
    this.#files = files;
    this.bytes = bytes;
    this.#sibling = sibling;
  }

  /** @param sibling another case of the same set, by its name */
  static async read(
    source: GoldenSource,
    manifest: Manifest,
    sibling: (name: string) => Promise<GoldenCase>,
  ): Promise<GoldenCase> {
    const present = new Set(await source.list());
    const files = new Map<string, ReadonlyMap<string, GoldenTensor>>();
    const bytes = new Map<string, Uint8Array>();
    for (const file of manifest.files) {
      const content = await readChecked(source, present, manifest, file);
      bytes.set(file.path, content);
      if (file.path.endsWith('.safetensors')) files.set(file.path, await readTensorFile(file.path, content));
    }
    return new GoldenCase(manifest, files, bytes, sibling);
  }

  get name(): string {
    return this.manifest.name;
  }

  /** A number of the configuration. */
  number(key: string): number {
    const value = this.manifest.config[key];
    if (typeof value === 'number') return value;
    throw new FileError(`${this.manifest.path} should give a number as config.${key}, got ${String(value)}.`);
  }

  /** A tensor by its name in the manifest: `outputs/y`, or `gradients: pos_embed` for one of a file of that part. */
  tensor(key: string): GoldenTensor {
    const part = /^(\w+): (.+)$/.exec(key);
    const tensor = part ? this.part(part[1] ?? '').get(part[2] ?? '') : this.find(key);
    if (tensor) return tensor;
    throw new FileError(`${this.manifest.path} needs the tensor ${key}, which its files do not hold.`);
  }

  /** The tensor of that name in the first file that has it. */
  find(name: string): GoldenTensor | undefined {
    for (const tensors of this.#files.values()) {
      const tensor = tensors.get(name);
      if (tensor) return tensor;
    }
    return undefined;
  }

  /** All tensors of the file with that part in its name: `weights` of `dit_tiny.weights.safetensors`. */
  part(part: string): ReadonlyMap<string, GoldenTensor> {
    const wanted = part === 'gradients' ? 'grads' : part;
    for (const [path, tensors] of this.#files) {
      if (fileName(path).split('.').includes(wanted)) return tensors;
    }
    throw new FileError(`${this.manifest.path} lists no file «${wanted}».`);
  }

  /** All tensors of the file that the manifest names under a key, e.g. `weights_file`. */
  fileOf(key: string): ReadonlyMap<string, GoldenTensor> {
    const path = this.manifest.entry[key];
    const tensors = typeof path === 'string' ? this.#files.get(path) : undefined;
    if (tensors) return tensors;
    throw new FileError(
      `${this.manifest.path} should name a file of tensors as ${key}, got ${String(path)}.`,
    );
  }

  /** Tensors below a prefix, by the rest of their names. */
  below(prefix: string): Record<string, Tensor> {
    const found: Record<string, Tensor> = {};
    for (const tensors of this.#files.values()) {
      for (const [name, tensor] of tensors) {
        if (name.startsWith(prefix)) found[name.slice(prefix.length)] = tensor;
      }
    }
    return found;
  }

  /** The case that `config.model` names («dit_tiny weights of this set»): its configuration and its weights. */
  async model(): Promise<GoldenCase> {
    const text = String(this.manifest.config.model ?? '');
    const name = text.split(/\s/)[0] ?? '';
    if (name === '') throw new FileError(`${this.manifest.path} should name a case as config.model.`);
    return this.#sibling(name);
  }
}

async function readChecked(
  source: GoldenSource,
  present: ReadonlySet<string>,
  manifest: Manifest,
  file: ManifestFile,
): Promise<Uint8Array> {
  const path = places(manifest.path, file.path).find((place) => present.has(place));
  if (path === undefined) {
    throw new FileError(`${manifest.path} lists ${file.path}, which is not in ${source.name}.`);
  }
  const content = await source.read(path);
  if (file.bytes !== undefined && content.length !== file.bytes) {
    throw new FileError(
      `${path} has ${content.length} bytes, expected ${file.bytes} by its manifest; the file is incomplete or was changed.`,
    );
  }
  const hash = file.sha256 === undefined ? undefined : sha256Hex(content);
  if (hash !== file.sha256) {
    throw new FileError(
      `${path} has the SHA-256 ${hash?.slice(0, 12)}…, expected ${file.sha256?.slice(0, 12)}… by its manifest; the file is damaged or was changed.`,
    );
  }
  return content;
}

/** Paths are relative to the top of the set, which is the manifest's folder or one above; a folder may also stand alone. */
function places(manifestPath: string, path: string): string[] {
  const folders = [''];
  for (const part of folderOf(manifestPath).split('/').filter(Boolean))
    folders.push(`${folders.at(-1)}${part}/`);
  return [
    ...folders.map((folder) => `${folder}${path}`).reverse(),
    `${folderOf(manifestPath)}${fileName(path)}`,
  ];
}
