// Families that lay a pattern over a picture, or bend it.
import { brightness, type Colour, colourAt, mapColours, mix, type Picture } from '../picture.ts';
import { between, type FilterFamily, sizes, strengths } from './filter.ts';

const ink: Colour = [0.07, 0.07, 0.1];
const paper: Colour = [0.98, 0.97, 0.94];

/** The picture seen through a map of places. */
function bent(picture: Picture, place: (x: number, y: number) => readonly [number, number]): Picture {
  return mapColours(picture, (_, x, y) => colourAt(picture, ...place(x, y)));
}

/** Pixels in one unit of a pattern that spans 32. */
const unit = ({ side }: Picture) => side / 32;

/** Ordered thresholds of Bayer's 4 × 4 matrix, between 0 and 1. */
const bayer = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5].map((value) => (value + 0.5) / 16);

export const patternFamilies: readonly FilterFamily[] = [
  {
    id: 'pixelate',
    names: ['pixel art', 'mosaic', 'blocky'],
    levels: sizes,
    apply: (picture, level) => {
      const cell = Math.round(between(2, 9, level)) * unit(picture);
      const middle = (value: number) => (Math.floor(value / cell) + 0.5) * cell - 0.5;
      return bent(picture, (x, y) => [middle(x), middle(y)]);
    },
  },
  {
    id: 'halftone',
    names: ['halftone', 'newspaper dots', 'printed dots'],
    levels: sizes,
    apply: (picture, level) => {
      const pitch = between(2.4, 7, level) * unit(picture);
      return mapColours(picture, (colour, x, y) => {
        // Dots on a grid turned by 45°, as printers turn it.
        const [u, v] = [(x + y) / Math.SQRT2, (x - y) / Math.SQRT2].map(
          (value) => (value / pitch) * 2 * Math.PI,
        ) as [number, number];
        const wave = (Math.cos(u) + Math.cos(v)) / 4 + 0.5;
        return mix(ink, paper, 1 / (1 + Math.exp(-9 * (brightness(colour) - wave))));
      });
    },
  },
  {
    id: 'hatching',
    names: ['hatching', 'pen strokes', 'engraving'],
    levels: sizes,
    apply: (picture, level) => {
      const pitch = between(2.4, 7, level) * unit(picture);
      return mapColours(picture, (colour, x, y) => {
        const wave = 0.5 + 0.5 * Math.cos(((x + y) / pitch) * 2 * Math.PI);
        return mix(ink, paper, 1 / (1 + Math.exp(-9 * (brightness(colour) - 0.85 * wave))));
      });
    },
  },
  {
    id: 'scanlines',
    names: ['scanlines', 'old television', 'screen lines'],
    levels: sizes,
    apply: (picture, level) => {
      const pitch = Math.round(between(2, 8, level)) * unit(picture);
      return mapColours(picture, (colour, _, y) => mix(colour, ink, y % pitch < pitch / 2 ? 0.65 : 0));
    },
  },
  {
    id: 'dither',
    names: ['dither', 'retro computer', 'ordered dots'],
    levels: strengths,
    apply: (picture, level) => {
      const steps = Math.round(between(4, 1, level));
      return mapColours(picture, ([r, g, b], x, y) => {
        const threshold = bayer[(y % 4) * 4 + (x % 4)] ?? 0.5;
        const step = (value: number) => Math.floor(value * steps + threshold) / steps;
        return [step(r), step(g), step(b)];
      });
    },
  },
  {
    id: 'swirl',
    names: ['swirl', 'whirlpool', 'twisted'],
    levels: strengths,
    apply: (picture, level) => {
      const middle = (picture.side - 1) / 2;
      return bent(picture, (x, y) => {
        const [dx, dy] = [x - middle, y - middle];
        const turn = between(0.6, 3.6, level) * Math.max(0, 1 - Math.hypot(dx, dy) / (middle * 1.1)) ** 2;
        const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
        return [middle + dx * cosine - dy * sine, middle + dx * sine + dy * cosine];
      });
    },
  },
  {
    id: 'wave',
    names: ['wave', 'ripple', 'underwater'],
    levels: strengths,
    apply: (picture, level) => {
      const [height, length] = [between(0.5, 2.6, level) * unit(picture), 9 * unit(picture)];
      return bent(picture, (x, y) => [
        x + height * Math.sin((y / length) * 2 * Math.PI),
        y + height * 0.5 * Math.cos((x / length) * 2 * Math.PI),
      ]);
    },
  },
  {
    id: 'split',
    names: ['glitch', 'colour split', 'chromatic shift'],
    levels: strengths,
    apply: (picture, level) => {
      const shift = between(0.7, 4, level) * unit(picture);
      return mapColours(picture, (colour, x, y) => [
        colourAt(picture, x - shift, y)[0],
        colour[1],
        colourAt(picture, x + shift, y)[2],
      ]);
    },
  },
  {
    id: 'bulge',
    names: ['bulge', 'fisheye', 'magnified'],
    levels: strengths,
    apply: (picture, level) => {
      const middle = (picture.side - 1) / 2;
      const power = between(0.25, 1.3, level);
      return bent(picture, (x, y) => {
        const [dx, dy] = [(x - middle) / middle, (y - middle) / middle];
        const radius = Math.min(1, Math.hypot(dx, dy) / Math.SQRT2);
        const scale = radius ** power;
        return [middle + dx * scale * middle, middle + dy * scale * middle];
      });
    },
  },
];
