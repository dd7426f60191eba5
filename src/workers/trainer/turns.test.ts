// Gaps of a run: what rests, and for how long.
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

const turns = () => new Turns(() => new Promise((resolve) => setImmediate(resolve)));
const work = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function taken(smooth: boolean, milliseconds: number): Promise<number> {
  const own = turns();
  own.smooth = smooth;
  const begun = performance.now();
  await own.own(() => work(milliseconds));
  return performance.now() - begun;
}

describe("a run's own work", () => {
  it('is followed by a rest of a third of its time at the smooth pace alone', async () => {
    const full = await taken(false, 90);
    const smooth = await taken(true, 90);
    expect(full).toBeGreaterThan(85);
    // The rest is at least 30 ms; a busy machine only makes it longer.
    expect(smooth).toBeGreaterThan(115);
  });

  it('gives what the work gives', async () => {
    const own = turns();
    own.smooth = true;
    expect(await own.own(async () => 7)).toBe(7);
  });
});
