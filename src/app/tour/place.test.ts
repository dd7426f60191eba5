import { describe, expect, it } from 'vitest';
import { placeBeside } from './place.ts';

const room = { width: 1280, height: 720 };
const mark = { width: 300, height: 140 };

describe('the place of a coach mark', () => {
  it('is right of what lies at the left, its pointer at the middle', () => {
    const place = placeBeside({ left: 12, top: 200, width: 220, height: 40 }, mark, room);
    expect(place).toEqual({ left: 244, top: 150, edge: 'left', pointer: 70 });
  });

  it('is above what lies low, inside the window', () => {
    const place = placeBeside({ left: 1150, top: 450, width: 120, height: 28 }, mark, room);
    expect(place).toEqual({ left: 972, top: 298, edge: 'bottom', pointer: 238 });
  });

  it('is below what lies at the top', () => {
    const place = placeBeside({ left: 600, top: 8, width: 100, height: 28 }, mark, room);
    expect(place).toMatchObject({ top: 48, edge: 'top' });
  });

  it('is low in the middle where its target is not on the screen', () => {
    expect(placeBeside(null, mark, room)).toEqual({ left: 490, top: 516, edge: null, pointer: 0 });
  });
});
