// The manifest of a golden case: what it is about, its files, and the tolerance of every result.
import { FileError } from '../../lib/errors.ts';
import { isRecord } from '../../plan/reading.ts';

export interface ManifestFile {
  /** Relative to the folder of the whole set. */
  readonly path: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** How closely a result must agree; see compare.ts. */
export interface Tolerance {
  readonly atol?: number;
  readonly rmsAtol?: number;
  /** One for every entry of the first axis, in place of `atol`. */
  readonly atolPerStep?: readonly number[];
  /** Only these rows [from, to) are compared. */
  readonly rows?: readonly (readonly [number, number])[];
  /** In place of the share of |want| that every comparison allows. */
  readonly rtol?: number;
}

export interface Manifest {
  readonly name: string;
  readonly about: string;
  /** Where the manifest lies in the folder. */
  readonly path: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly scalars: Readonly<Record<string, unknown>>;
  readonly files: readonly ManifestFile[];
  /** The manifest as it stands, for what only one kind of set has. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** By tensor name; `part: name` where the tensor lies in a file of that part. */
  readonly tensors: ReadonlyMap<string, ManifestTensor>;
}

export interface ManifestTensor extends Tolerance {
  /** The entry as it stands in the manifest, for what only one case has. */
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The manifest in a JSON file, or undefined when the file is something else (an index, a package). */
export function parseManifest(path: string, bytes: Uint8Array): Manifest | undefined {
  const value = parseJson(path, bytes);
  if (!isRecord(value) || typeof value.case !== 'string') return undefined;
  const tensors = Object.entries(record(value.tensors));
  return {
    name: value.case,
    about: [value.about, value.title].find((text) => typeof text === 'string') ?? '',
    path,
    config: record(value.config),
    scalars: record(value.scalars),
    files: filesOf(path, value),
    entry: value,
    tensors: new Map(tensors.map(([name, entry]) => [name, manifestTensor(record(entry))])),
  };
}

/** The manifests that an `index.json` names, in its order. */
export function parseIndex(path: string, bytes: Uint8Array): { name: string; manifest: string }[] {
  const value = parseJson(path, bytes);
  if (!isRecord(value) || !Array.isArray(value.cases)) {
    throw new FileError(`${path} is no index of golden cases: it has no list "cases".`);
  }
  return value.cases.map((entry: unknown) => {
    if (isRecord(entry) && typeof entry.manifest === 'string') {
      return { name: String(entry.case), manifest: entry.manifest };
    }
    throw new FileError(`${path} has an entry that names no manifest.`);
  });
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FileError(`${path} is not valid JSON.`, { cause });
  }
}

/** Sets with an index list their files with sizes and hashes; others name them one by one: `data_file`, `weights_file`, … */
function filesOf(path: string, value: Readonly<Record<string, unknown>>): ManifestFile[] {
  if (Array.isArray(value.files)) {
    return value.files.map((file: unknown) => {
      if (!isRecord(file) || typeof file.file !== 'string') {
        throw new FileError(`${path} lists a file without a name.`);
      }
      return {
        path: file.file,
        ...(typeof file.bytes === 'number' ? { bytes: file.bytes } : {}),
        ...(typeof file.sha256 === 'string' ? { sha256: file.sha256 } : {}),
      };
    });
  }
  return Object.entries(value).flatMap(([key, file]) =>
    key.endsWith('_file') && typeof file === 'string' ? [{ path: file }] : [],
  );
}

function manifestTensor(entry: Readonly<Record<string, unknown>>): ManifestTensor {
  const { atol, rms_atol: rmsAtol, atol_per_step: atolPerStep, compare_rows: rows } = entry;
  return {
    entry,
    ...(typeof atol === 'number' ? { atol } : {}),
    ...(typeof rmsAtol === 'number' ? { rmsAtol } : {}),
    ...(Array.isArray(atolPerStep) ? { atolPerStep: atolPerStep.map(Number) } : {}),
    ...(Array.isArray(rows)
      ? { rows: rows.map(([from, to]: number[]) => [Number(from), Number(to)] as const) }
      : {}),
  };
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
