// The pictures on show as one PNG file: the base's row above the graft's, equal seeds in one column, the plan inside.
import { decodePng, encodePng, type Picture } from '../../formats/png.ts';
import { assert, UserError } from '../../lib/errors.ts';
import { canonical } from '../../plan/canonical.ts';
import { planKeys } from '../../plan/fileKeys.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { parsePlanText } from '../../plan/validate.ts';
import type { ExportedFile, SampleFrame } from '../../workers/protocol.ts';
import type { Strip, Strips } from '../images.ts';

/** Pixels between pictures, and between rows of base and graft. */
const gap = 4;
/** Screen pixels a pixel, so that 32 × 32 can be seen. */
const enlargement = 4;
const white = 255;

export interface GridRow {
  readonly which: 'base' | 'graft';
  readonly strip: Strip;
  readonly frame: SampleFrame;
}

/** The last step of both strips, as far as they are drawn and belong to this plan. */
export function rowsOnShow({ base, graft }: Strips, hash: string): readonly GridRow[] {
  const rows = [
    { which: 'base' as const, strip: base },
    { which: 'graft' as const, strip: graft?.planHash === hash ? graft : null },
  ];
  return rows.flatMap(({ which, strip }) => {
    const frame = strip?.frames[strip.frames.length - 1];
    return strip && frame ? [{ which, strip, frame }] : [];
  });
}

export async function pictureGridFile(plan: Plan, strips: Strips, hash: string): Promise<ExportedFile> {
  const rows = rowsOnShow(strips, hash);
  if (rows.length === 0) {
    throw new UserError('There are no pictures to save yet; draw them first, in the Images tab.');
  }
  const picture = pictureGrid(rows);
  const name = `${hash.slice(0, 8)}-pictures.png`;
  const bytes = encodePng(picture, textOf(plan, rows));
  return {
    name,
    blob: new Blob([bytes], { type: 'image/png' }),
    maxDeviation: null,
    inputs: 0,
    checked: check(name, bytes, picture, plan),
  };
}

/** Rows below each other, picture i of each in column i. */
export function pictureGrid(rows: readonly GridRow[]): Picture {
  const [{ frame: first } = { frame: undefined }] = rows;
  assert(first, () => 'a grid has rows');
  const channels = first.channels >= 3 ? 3 : 1;
  const side = first.size * enlargement;
  const columns = Math.max(...rows.map(({ strip }) => strip.job.classes.length));
  const width = gap + columns * (side + gap);
  const height = gap + rows.length * (side + gap);
  const data = new Uint8Array(width * height * channels).fill(white);
  rows.forEach(({ frame, strip }, row) => {
    strip.job.classes.forEach((_, column) => {
      const corner = { x: gap + column * (side + gap), y: gap + row * (side + gap) };
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const at = ((corner.y + y) * width + corner.x + x) * channels;
          for (let channel = 0; channel < channels; channel++) {
            data[at + channel] = pixelOf(
              frame,
              column,
              channel,
              Math.floor(y / enlargement),
              Math.floor(x / enlargement),
            );
          }
        }
      }
    });
  });
  return { width, height, channels, data };
}

function pixelOf(
  { size, channels, pixels }: SampleFrame,
  image: number,
  channel: number,
  y: number,
  x: number,
): number {
  return pixels[((image * channels + channel) * size + y) * size + x] ?? 0;
}

function textOf(plan: Plan, rows: readonly GridRow[]): Record<string, string> {
  const words = rows.map(({ which, strip: { job, weights } }) => {
    const origin = which === 'graft' && weights ? ` (${weights} weights)` : '';
    return `${which}${origin}: seeds from ${job.seed}, classes ${job.classes.join(' ')}, guidance ${job.guidance}, ${job.steps} ${job.sampler.toUpperCase()} steps`;
  });
  return {
    Description: `Rows from the top. ${words.join('; ')}`,
    [planKeys.plan]: canonical(plan),
    [planKeys.planHash]: planHash(plan),
    [planKeys.base]: plan.base,
  };
}

/** The file is decoded again, pixel by pixel. */
function check(name: string, bytes: Uint8Array, picture: Picture, plan: Plan): string {
  const { picture: back, text } = decodePng(bytes, name);
  assert(
    back.width === picture.width && back.data.every((value, i) => value === picture.data[i]),
    () => `${name} reads back with other pixels`,
  );
  const hash = planHash(parsePlanText(text[planKeys.plan] ?? ''));
  assert(hash === planHash(plan), () => `${name} reads back with another plan`);
  return `Decoded again: all ${back.width} × ${back.height} pixels unchanged, and the plan inside has the same hash.`;
}
