// A small colour picture, as filters see it: planes of red, green and blue, each row by row, between 0 and 1.

export interface Picture {
  readonly side: number;
  /** [3, side, side]. */
  readonly planes: Float32Array;
}

export type Colour = readonly [red: number, green: number, blue: number];

export function newPicture(side: number): Picture {
  return { side, planes: new Float32Array(3 * side * side) };
}

/** A new picture from every pixel's colour. */
export function mapColours(picture: Picture, map: (colour: Colour, x: number, y: number) => Colour): Picture {
  const { side, planes } = picture;
  const area = side * side;
  const result = newPicture(side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * side + x;
      const colour = map([planes[at] ?? 0, planes[area + at] ?? 0, planes[2 * area + at] ?? 0], x, y);
      for (let c = 0; c < 3; c++) result.planes[c * area + at] = clamp(colour[c] ?? 0);
    }
  }
  return result;
}

/** The colour at a place between pixels, bilinear; places outside show the nearest edge. */
export function colourAt({ side, planes }: Picture, x: number, y: number): Colour {
  const inside = (value: number) => Math.min(side - 1, Math.max(0, value));
  const [px, py] = [inside(x), inside(y)];
  const [x0, y0] = [Math.floor(px), Math.floor(py)];
  const [x1, y1] = [inside(x0 + 1), inside(y0 + 1)];
  const [fx, fy] = [px - x0, py - y0];
  const channel = (c: number) => {
    const at = (column: number, row: number) => planes[c * side * side + row * side + column] ?? 0;
    const above = at(x0, y0) * (1 - fx) + at(x1, y0) * fx;
    return above * (1 - fy) + (at(x0, y1) * (1 - fx) + at(x1, y1) * fx) * fy;
  };
  return [channel(0), channel(1), channel(2)];
}

/** Perceived brightness (ITU-R BT.601). */
export function brightness([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** From a to b, by share. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Brightness of every pixel, row by row. */
export function brightnessOf({ side, planes }: Picture): Float32Array {
  const area = side * side;
  return Float32Array.from({ length: area }, (_, i) =>
    brightness([planes[i] ?? 0, planes[area + i] ?? 0, planes[2 * area + i] ?? 0]),
  );
}
