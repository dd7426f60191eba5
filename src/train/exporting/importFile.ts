// Opens a file that was dropped on the window: a plan, a model, or one sentence that says what it is instead.
import { type ByteSource, readExactly } from '../../formats/byteSource.ts';
import { openCheckpoint } from '../../formats/checkpoint.ts';
import { identify, wrongKind } from '../../formats/identify.ts';
import { readPngText } from '../../formats/pngText.ts';
import { FileError } from '../../lib/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { metadataKeys, slotsInWords } from './graftedModel.ts';
import { type ImportContext, type Imported, importModel } from './importModel.ts';
import { openOnnx } from './onnxTensors.ts';
import { checkOpenModel, readPlan } from './planOf.ts';

export type { ImportContext, Imported } from './importModel.ts';

/** A plan is about 1 KB; a picture that carries one is a strip of samples. */
const largest = { plan: 4_000_000, picture: 64_000_000 } as const;
const wanted =
  'models (safetensors, PyTorch .pt, ONNX files of its own), plans, and pictures that carry a plan';

/** @throws FileError with one sentence; nothing that is open is touched */
export async function importFile(source: ByteSource, context: ImportContext): Promise<Imported> {
  const head = await readExactly(source, 0, Math.min(source.size, 512), 'the first bytes');
  const kind = identify(head, source.name);
  switch (kind.id) {
    case 'safetensors':
    case 'pytorch':
    case 'zip':
      return importModel(source.name, () => openCheckpoint(source), context);
    case 'onnx':
      return importModel(source.name, () => openOnnx(source), context);
    case 'plan':
      return importedPlan(source, context, readPlan(await textOf(source), source.name));
    case 'json':
      return importJson(source, context);
    case 'png':
      return importPicture(source, context);
    default:
      throw wrongKind(source.name, kind, wanted);
  }
}

async function textOf(source: ByteSource): Promise<string> {
  return new TextDecoder().decode(await small(source, largest.plan, 'a plan'));
}

async function small(source: ByteSource, limit: number, what: string): Promise<Uint8Array> {
  if (source.size > limit) {
    throw new FileError(`${source.name} is too large to be ${what}: it has ${source.size} bytes.`);
  }
  return readExactly(source, 0, source.size, 'its content');
}

/** JSON whose first bytes do not name the format: a plan with its keys in another order, or none. */
async function importJson(source: ByteSource, context: ImportContext): Promise<Imported> {
  const text = await textOf(source);
  if (!text.includes('"scion-plan"')) {
    throw wrongKind(source.name, { id: 'json', label: 'a JSON file but no plan' }, wanted);
  }
  return importedPlan(source, context, readPlan(text, source.name));
}

async function importPicture(source: ByteSource, context: ImportContext): Promise<Imported> {
  const png = await small(source, largest.picture, 'a picture with a plan');
  const text = readPngText(png, source.name)[metadataKeys.plan];
  if (text === undefined) {
    throw new FileError(
      `${source.name} is a PNG picture that carries no plan; pictures that Scion saved carry theirs.`,
    );
  }
  return importedPlan(source, context, readPlan(text, source.name));
}

function importedPlan({ name }: ByteSource, { open }: ImportContext, plan: Plan): Imported {
  if (open) checkOpenModel(plan, open, name);
  return {
    kind: 'plan',
    plan,
    model: undefined,
    sentence: `${name} is open: a plan with ${slotsInWords(plan)}, without weights.`,
  };
}
