// A picture with everything that is needed to draw it again: its recipe as text in the PNG file, written and read back.
import { version } from '../../package.json';
import { encodePng, type Picture } from '../formats/png.ts';
import { readPngText } from '../formats/pngText.ts';
import { sha256Hex } from '../lib/hash.ts';
import { canonical } from '../plan/canonical.ts';
import { planKeys } from '../plan/fileKeys.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import { parsePlanText } from '../plan/validate.ts';
import type { SampleFrame, WeightsOrigin } from '../workers/protocol.ts';

/** How one picture was drawn. */
export interface Drawing {
  readonly seed: number;
  readonly class: number;
  readonly className: string;
  readonly guidance: number;
  readonly sampler: string;
  readonly steps: number;
  /** Denoising step that the picture shows. */
  readonly step: number;
  /** `stage1`: with the weights from before the fine-tune. */
  readonly stage: 'newest' | 'stage1';
  readonly weights: WeightsOrigin | null;
}

export interface PictureRecipe {
  /** Without slots for the base. */
  readonly plan: Plan;
  readonly drawing: Drawing;
}

const drawingKey = 'scion_picture';
/** Screen pixels a pixel: a picture of 32 × 32 is hard to see in a talk. Every pixel stays what it is. */
const enlargement = 8;

export function pictureFile(
  frame: SampleFrame,
  index: number,
  recipe: PictureRecipe,
): { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } {
  const small = pictureOf(frame, index);
  const { plan, drawing } = recipe;
  const { seed, className, step, steps, sampler, guidance } = drawing;
  const hash = planHash(plan);
  const what = `${className}, seed ${seed}, ${sampler.toUpperCase()} step ${step} of ${steps}, guidance ${guidance}`;
  const text = {
    Description: `${what}; base ${plan.base}, plan ${hash}`,
    Software: `Scion ${version}`,
    [planKeys.plan]: canonical(plan),
    [planKeys.planHash]: hash,
    [planKeys.base]: plan.base,
    [planKeys.version]: version,
    [drawingKey]: JSON.stringify({ ...drawing, enlargement, pixels: sha256Hex(small.data) }),
  };
  const words = className.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const stage = drawing.stage === 'stage1' ? '-stage1' : '';
  const name = `${hash.slice(0, 8)}${stage}-${words}-seed${seed}-step${step}.png`;
  return { name, bytes: encodePng(enlarged(small, enlargement), text) };
}

/** What a PNG file says of itself, or undefined where it says nothing that Scion wrote. */
export function recipeIn(png: Uint8Array, name: string): PictureRecipe | undefined {
  const text = readPngText(png, name);
  const plan = text[planKeys.plan];
  const drawing = parseDrawing(text[drawingKey]);
  return plan === undefined || !drawing ? undefined : { plan: parsePlanText(plan), drawing };
}

function pictureOf({ size, channels, pixels }: SampleFrame, index: number): Picture {
  const area = size * size;
  const shown = channels >= 3 ? 3 : 1;
  const start = index * channels * area;
  const data = new Uint8Array(area * shown);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < shown; channel++) {
      data[pixel * shown + channel] = pixels[start + channel * area + pixel] ?? 0;
    }
  }
  return { width: size, height: size, channels: shown, data };
}

function enlarged({ width, height, channels, data }: Picture, factor: number): Picture {
  const large = new Uint8Array(data.length * factor ** 2);
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      large.set(data.subarray(from, from + channels), (y * width * factor + x) * channels);
    }
  }
  return { width: width * factor, height: height * factor, channels, data: large };
}

function parseDrawing(text: string | undefined): Drawing | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isDrawing(value) ? value : undefined;
  } catch {
    return undefined; // Written by something else.
  }
}

function isDrawing(value: unknown): value is Drawing {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const whole = (name: string, low: number, high: number) => {
    const number = fields.get(name);
    return typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high;
  };
  const guidance = fields.get('guidance');
  return (
    whole('seed', 0, 2 ** 31 - 1) &&
    whole('class', 0, 9999) &&
    whole('steps', 1, 1000) &&
    whole('step', 1, 1000) &&
    typeof guidance === 'number' &&
    Number.isFinite(guidance)
  );
}
