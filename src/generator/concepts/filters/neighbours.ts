// Families that look at a pixel's neighbours: blurs, edges, light and shadow.
import {
  brightness,
  brightnessOf,
  type Colour,
  colourAt,
  mapColours,
  mix,
  newPicture,
  type Picture,
} from '../picture.ts';
import { between, type FilterFamily, sizes, strengths } from './filter.ts';

/** A Gaussian of that deviation, in pixels, along rows and then columns; edges repeat. */
export function blurred(picture: Picture, deviation: number): Picture {
  const reach = Math.ceil(deviation * 2.5);
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return along(along(picture, taps, sum, 1, 0), taps, sum, 0, 1);
}

function along({ side, planes }: Picture, taps: Float64Array, sum: number, dx: number, dy: number): Picture {
  const result = newPicture(side);
  const reach = (taps.length - 1) / 2;
  const inside = (value: number) => Math.min(side - 1, Math.max(0, value));
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        let total = 0;
        for (let i = -reach; i <= reach; i++) {
          const at = c * side * side + inside(y + i * dy) * side + inside(x + i * dx);
          total += (taps[i + reach] ?? 0) * (planes[at] ?? 0);
        }
        result.planes[c * side * side + y * side + x] = total / sum;
      }
    }
  }
  return result;
}

/** Reads a plane of numbers with its edges repeated. */
function reader(values: Float32Array, side: number): (x: number, y: number) => number {
  const inside = (value: number) => Math.min(side - 1, Math.max(0, value));
  return (x, y) => values[inside(y) * side + inside(x)] ?? 0;
}

/** Length of the brightness gradient (Sobel). */
function edges(picture: Picture): Float32Array {
  const { side } = picture;
  const at = reader(brightnessOf(picture), side);
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    const dx =
      at(x + 1, y - 1) +
      2 * at(x + 1, y) +
      at(x + 1, y + 1) -
      at(x - 1, y - 1) -
      2 * at(x - 1, y) -
      at(x - 1, y + 1);
    const dy =
      at(x - 1, y + 1) +
      2 * at(x, y + 1) +
      at(x + 1, y + 1) -
      at(x - 1, y - 1) -
      2 * at(x, y - 1) -
      at(x + 1, y - 1);
    return Math.hypot(dx, dy);
  });
}

const combine = (a: Picture, b: Picture, join: (a: Colour, b: Colour, x: number, y: number) => Colour) =>
  mapColours(a, (colour, x, y) => join(colour, colourAt(b, x, y), x, y));

const white: Colour = [1, 1, 1];

export const neighbourFamilies: readonly FilterFamily[] = [
  {
    id: 'blur',
    names: ['blur', 'soft focus', 'out of focus'],
    levels: strengths,
    apply: (picture, level) => blurred(picture, between(0.6, 3.2, level) * (picture.side / 32)),
  },
  {
    id: 'sharpen',
    names: ['sharp', 'crisp', 'sharpened'],
    levels: strengths,
    apply: (picture, level) =>
      combine(picture, blurred(picture, picture.side / 32), (colour, soft) =>
        mix(soft, colour, between(1.6, 4, level)),
      ),
  },
  {
    id: 'emboss',
    names: ['emboss', 'relief', 'stamped metal'],
    levels: strengths,
    apply: (picture, level) => {
      const at = reader(brightnessOf(picture), picture.side);
      return mapColours(picture, (colour, x, y) => {
        const slope = 0.5 + between(0.5, 1.6, level) * (at(x + 1, y + 1) - at(x - 1, y - 1));
        return mix(colour, [slope, slope, slope], between(0.6, 1, level));
      });
    },
  },
  {
    id: 'outline',
    names: ['outline', 'line drawing', 'contour'],
    levels: strengths,
    apply: (picture, level) => {
      const edge = edges(picture);
      return mapColours(picture, (_, x, y) => {
        const ink = 1 - Math.min(1, between(0.4, 2, level) * (edge[y * picture.side + x] ?? 0));
        return [ink, ink, ink];
      });
    },
  },
  {
    id: 'comic',
    names: ['comic', 'cartoon ink', 'inked edges'],
    levels: strengths,
    apply: (picture, level) => {
      const edge = edges(picture);
      return mapColours(picture, (colour, x, y) => {
        const line = Math.min(1, between(0.3, 1.5, level) * (edge[y * picture.side + x] ?? 0));
        return mix(colour, [0.05, 0.05, 0.08], line);
      });
    },
  },
  {
    id: 'neon',
    names: ['neon', 'glowing lines', 'electric'],
    levels: strengths,
    apply: (picture, level) => {
      const edge = edges(picture);
      return mapColours(picture, ([r, g, b], x, y) => {
        const light = Math.min(1.2, between(0.4, 1.6, level) * (edge[y * picture.side + x] ?? 0));
        return [light * (0.3 + r * 0.7), light * (0.3 + g * 0.7), light * (0.4 + b * 0.7)];
      });
    },
  },
  {
    id: 'glow',
    names: ['glow', 'dreamy light', 'bloom'],
    levels: strengths,
    apply: (picture, level) =>
      combine(picture, blurred(picture, 2.2 * (picture.side / 32)), (colour, soft) => {
        const screen = colour.map((value, i) => 1 - (1 - value) * (1 - (soft[i] ?? 0))) as unknown as Colour;
        return mix(colour, screen, between(0.25, 1, level));
      }),
  },
  {
    id: 'shadow',
    names: ['shadow', 'drop shadow', 'raised paper'],
    levels: strengths,
    apply: (picture, level) => {
      const soft = blurred(picture, 0.8 * (picture.side / 32));
      const step = between(1, 3.5, level) * (picture.side / 32);
      return mapColours(picture, (colour, x, y) => {
        const caster = 1 - brightness(colourAt(soft, x - step, y - step));
        const paper = brightness(colour) ** 6;
        return mix(colour, [0.15, 0.15, 0.2], Math.min(1, caster * paper * between(0.6, 1, level)));
      });
    },
  },
  {
    id: 'vignette',
    names: ['vignette', 'dark corners', 'spotlight'],
    levels: strengths,
    apply: (picture, level) => {
      const middle = (picture.side - 1) / 2;
      return mapColours(picture, (colour, x, y) => {
        const radius = Math.hypot(x - middle, y - middle) / (middle * Math.SQRT2);
        return mix(colour, [0.04, 0.03, 0.05], Math.min(1, between(0.5, 1.3, level) * radius ** 1.6));
      });
    },
  },
  {
    id: 'chalk',
    names: ['chalk', 'blackboard drawing', 'white lines on slate'],
    levels: sizes,
    apply: (picture, level) => {
      const edge = edges(blurred(picture, between(0.4, 1.6, level) * (picture.side / 32)));
      return mapColours(picture, (_, x, y) =>
        mix([0.12, 0.17, 0.15], white, Math.min(1, 1.2 * (edge[y * picture.side + x] ?? 0))),
      );
    },
  },
];
