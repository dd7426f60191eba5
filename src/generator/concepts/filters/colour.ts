// Families that change colours pixel by pixel.
import { brightness, type Colour, mapColours, mix } from '../picture.ts';
import { between, type FilterFamily, hues, strengths } from './filter.ts';

/** Hue in turns, full saturation. */
function hueColour(turn: number): Colour {
  const channel = (shift: number) => {
    const angle = (((turn + shift) % 1) + 1) % 1;
    return Math.min(1, Math.max(0, Math.abs(angle * 6 - 3) - 1));
  };
  return [channel(0), channel(2 / 3), channel(1 / 3)];
}

/** The eight named hues, as turns of the colour wheel. */
const hueTurns = [0, 0.08, 0.16, 0.33, 0.5, 0.62, 0.77, 0.9];
const namedHue = (level: number): Colour => hueColour(hueTurns[Math.round(level * 7)] ?? 0);

/** Rotates the colour about the grey axis (Rodrigues). */
function rotateHue([r, g, b]: Colour, turn: number): Colour {
  const [cosine, sine] = [Math.cos(turn * 2 * Math.PI), Math.sin(turn * 2 * Math.PI)];
  const grey = ((r + g + b) / 3) * (1 - cosine);
  const cross = sine / Math.sqrt(3);
  return [
    r * cosine + (b - g) * cross + grey,
    g * cosine + (r - b) * cross + grey,
    b * cosine + (g - r) * cross + grey,
  ];
}

const thermalStops: readonly Colour[] = [
  [0.02, 0.02, 0.2],
  [0.35, 0.05, 0.55],
  [0.85, 0.2, 0.3],
  [1, 0.65, 0.1],
  [1, 1, 0.85],
];

function thermal(value: number): Colour {
  const place = Math.min(value, 0.999) * (thermalStops.length - 1);
  const from = Math.floor(place);
  return mix(thermalStops[from] ?? [0, 0, 0], thermalStops[from + 1] ?? [1, 1, 1], place - from);
}

const each =
  (map: (value: number, level: number) => number): FilterFamily['apply'] =>
  (picture, level) =>
    mapColours(picture, ([r, g, b]) => [map(r, level), map(g, level), map(b, level)]);

const toward =
  (target: (colour: Colour) => Colour, weakest = 0.2): FilterFamily['apply'] =>
  (picture, level) =>
    mapColours(picture, (colour) => mix(colour, target(colour), between(weakest, 1, level)));

const grey = (colour: Colour): Colour => {
  const value = brightness(colour);
  return [value, value, value];
};

export const colourFamilies: readonly FilterFamily[] = [
  {
    id: 'hue',
    names: ['hue shift', 'turned colours', 'colour rotation'],
    levels: strengths,
    apply: (picture, level) => mapColours(picture, (colour) => rotateHue(colour, between(0.1, 0.9, level))),
  },
  {
    id: 'tint',
    names: ['tint', 'wash', 'colour cast'],
    levels: hues,
    apply: (picture, level) => {
      const hue = namedHue(level);
      return mapColours(picture, (colour) => mix(colour, mix([1, 1, 1], hue, 0.85), 0.5));
    },
  },
  {
    id: 'duotone',
    names: ['duotone', 'two colours', 'monochrome print'],
    levels: hues,
    apply: (picture, level) => {
      const hue = namedHue(level);
      return mapColours(picture, (colour) =>
        mix(mix([0, 0, 0], hue, 0.35), mix([1, 1, 1], hue, 0.2), brightness(colour)),
      );
    },
  },
  {
    id: 'sepia',
    names: ['sepia', 'old photograph', 'brown vintage'],
    levels: strengths,
    apply: toward((colour) => {
      const value = brightness(colour);
      return [value * 1.07 + 0.03, value * 0.86 + 0.02, value * 0.64];
    }),
  },
  {
    id: 'grey',
    names: ['grey', 'black and white', 'colourless'],
    levels: strengths,
    apply: toward(grey),
  },
  {
    id: 'vivid',
    names: ['vivid', 'saturated', 'bright colours'],
    levels: strengths,
    apply: (picture, level) =>
      mapColours(picture, (colour) => mix(grey(colour), colour, between(1.3, 3.2, level))),
  },
  {
    id: 'invert',
    names: ['negative', 'inverted', 'film negative'],
    levels: strengths,
    apply: toward(([r, g, b]) => [1 - r, 1 - g, 1 - b], 0.6),
  },
  {
    id: 'posterise',
    names: ['poster', 'flat colours', 'posterised'],
    levels: strengths,
    apply: each((value, level) => {
      const steps = Math.round(between(7, 1, level));
      return Math.round(value * steps) / steps;
    }),
  },
  {
    id: 'threshold',
    names: ['stencil', 'threshold', 'ink cutout'],
    levels: strengths,
    apply: (picture, level) =>
      mapColours(picture, (colour) => {
        const value = 1 / (1 + Math.exp(-28 * (brightness(colour) - between(0.3, 0.85, level))));
        return [value, value, value];
      }),
  },
  {
    id: 'gamma',
    names: ['dark', 'dim', 'underexposed'],
    levels: strengths,
    apply: each((value, level) => value ** between(1.4, 3.6, level)),
  },
  {
    id: 'faded',
    names: ['faded', 'pale', 'washed out'],
    levels: strengths,
    apply: toward((colour) => mix([0.92, 0.9, 0.88], colour, 0.25), 0.25),
  },
  {
    id: 'contrast',
    names: ['contrast', 'hard light', 'punchy'],
    levels: strengths,
    apply: each((value, level) => (value - 0.5) * between(1.4, 4, level) + 0.5),
  },
  {
    id: 'night',
    names: ['night', 'moonlight', 'midnight blue'],
    levels: strengths,
    apply: (picture, level) =>
      mapColours(picture, (colour) => {
        const value = brightness(colour);
        const moonlit: Colour = [value * 0.25, value * 0.35, value * 0.6 + 0.08];
        return mix(colour, moonlit, between(0.4, 1, level));
      }),
  },
  {
    id: 'thermal',
    names: ['thermal', 'heat map', 'infrared camera'],
    levels: strengths,
    apply: toward((colour) => thermal(brightness(colour)), 0.4),
  },
];
