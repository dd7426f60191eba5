// A model folder as Hugging Face lays it out: config.json beside one safetensors file, or shards with an index.
import { FileError } from '../lib/errors.ts';
import type { ByteSource } from './byteSource.ts';
import { readExactly } from './byteSource.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { duplicateKey } from './duplicateKeys.ts';
import { shown } from './shown.ts';

export interface FolderFile {
  /** Path below the folder that was opened: `transformer/config.json`. */
  readonly path: string;
  readonly source: ByteSource;
}

export interface CheckpointFolder extends Checkpoint {
  /** The model's own config.json, or an empty object where the folder has none. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Far above any index; DiT-XL/2's has 30 KB. */
const largestJson = 16_000_000;
/** Best first. Optimizer states and moving averages have other names. */
const stems = ['diffusion_pytorch_model', 'model', 'pytorch_model'];

export async function openCheckpointFolder(
  name: string,
  files: readonly FolderFile[],
): Promise<CheckpointFolder> {
  const folder = transformerFolder(name, files);
  const config = await readConfig(folder);
  const index = folder.find(({ path }) => path.endsWith('.safetensors.index.json'));
  const checkpoint = index
    ? await openShards(name, index, folder)
    : await openCheckpoint(singleFile(name, folder).source);
  return { ...checkpoint, name, config };
}

/** A diffusers pipeline keeps the model in `transformer/`; a model's own folder has it at the top. */
function transformerFolder(name: string, files: readonly FolderFile[]): readonly FolderFile[] {
  const below = (prefix: string) =>
    files.flatMap(({ path, source }) => {
      const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      return rest !== '' && !rest.includes('/') ? [{ path: rest, source }] : [];
    });
  const hasWeights = (folder: readonly FolderFile[]) => folder.some(({ path }) => isWeights(path));
  const found = [below(''), below('transformer/')].find(hasWeights);
  if (found) return found;
  const some = files
    .slice(0, 4)
    .map(({ path }) => path)
    .join(', ');
  throw new FileError(
    `The folder ${name} holds no model: Scion looks for .safetensors or .pt files in it or in its folder transformer/, and found ${some || 'nothing'}.`,
  );
}

function isWeights(path: string): boolean {
  return /\.(safetensors|pt|pth|ckpt|bin)$/.test(path);
}

function singleFile(name: string, folder: readonly FolderFile[]): FolderFile {
  const safetensors = folder.filter(({ path }) => path.endsWith('.safetensors'));
  const candidates = safetensors.length > 0 ? safetensors : folder.filter(({ path }) => isWeights(path));
  const [only, second] = candidates;
  const named = stems
    .map((stem) => candidates.find(({ path }) => path.replace(/\.\w+$/, '') === stem))
    .find((file) => file !== undefined);
  if (named) return named;
  if (only && !second) return only;
  throw new FileError(
    `The folder ${name} holds ${candidates.length} weight files and no index that joins them (${candidates
      .slice(0, 3)
      .map(({ path }) => path)
      .join(', ')}); drop the one that you mean.`,
  );
}

async function readConfig(folder: readonly FolderFile[]): Promise<Readonly<Record<string, unknown>>> {
  const file = folder.find(({ path }) => path === 'config.json');
  return file ? readJson(file) : {};
}

async function readJson({ path, source }: FolderFile): Promise<Readonly<Record<string, unknown>>> {
  if (source.size > largestJson)
    throw new FileError(`${path} is too large to be a description of a model (${source.size} bytes).`);
  const text = new TextDecoder().decode(await readExactly(source, 0, source.size, 'its content'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FileError(`${path} is not valid JSON; download it again.`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FileError(`${path} holds ${shown(value)} where an object is due.`);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw new FileError(`${path} names ${shown(twice)} twice.`);
  return Object.fromEntries(Object.entries(value));
}

/** Every tensor comes from the shard that the index names; shards are opened by their headers. */
async function openShards(
  name: string,
  index: FolderFile,
  folder: readonly FolderFile[],
): Promise<Checkpoint> {
  const weightMap = (await readJson(index)).weight_map;
  if (typeof weightMap !== 'object' || weightMap === null || Object.keys(weightMap).length === 0) {
    throw new FileError(
      `${index.path} has no weight_map, so it does not say which shard holds which tensor.`,
    );
  }
  const home = new Map(Object.entries(weightMap).map(([tensor, shard]) => [tensor, String(shard)]));
  const shards = new Map<string, Checkpoint>();
  for (const shard of new Set(home.values())) {
    const file = folder.find(({ path }) => path === shard);
    if (!file) throw new FileError(`The folder ${name} lacks ${shown(shard)}, which ${index.path} names.`);
    shards.set(shard, await openCheckpoint(file.source));
  }
  const tensors = new Map<string, NonNullable<ReturnType<Checkpoint['tensors']['get']>>>();
  for (const [tensor, shard] of home) {
    const found = shards.get(shard)?.tensors.get(tensor);
    if (!found)
      throw new FileError(`${shard} lacks the tensor ${shown(tensor)} that ${index.path} looks for in it.`);
    tensors.set(tensor, found);
  }
  const shardOf = (tensor: string): Checkpoint => {
    const shard = shards.get(home.get(tensor) ?? '');
    if (shard) return shard;
    throw new FileError(`The folder ${name} has no tensor ${shown(tensor)} among its ${tensors.size}.`);
  };
  return {
    kind: 'safetensors',
    name,
    metadata: Object.assign({}, ...[...shards.values()].map(({ metadata }) => metadata)),
    tensors,
    read: (tensor) => shardOf(tensor).read(tensor),
    stored: (tensor) => shardOf(tensor).stored(tensor),
  };
}
