import { describe, expect, it } from 'vitest';
import { layout, railTaps, rowHeight, spineEdges } from './layout.ts';

describe('layout', () => {
  const collapsed = layout(8, () => 0);

  it('stands everything in one column without overlaps', () => {
    const column = collapsed.filter((box) => box.type !== 'rail');
    for (let at = 1; at < column.length; at++) {
      const [above, below] = [column[at - 1], column[at]];
      expect((below?.y ?? 0) - (above?.y ?? 0) - (above?.height ?? 0)).toBeGreaterThan(0);
    }
  });

  it('moves only what lies below an expanded block', () => {
    const expanded = layout(8, (block) => (block === 3 ? 200 : 0));
    collapsed.forEach((box, at) => {
      const shift = (expanded[at]?.y ?? 0) - box.y;
      expect(shift).toBe(box.block > 3 || box.id === 'final' ? 200 : 0);
    });
  });

  it('taps every block at its row', () => {
    const taps = railTaps(layout(8, (block) => block * 10));
    expect(taps).toHaveLength(8);
    expect((taps[1] ?? 0) - (taps[0] ?? 0)).toBe(rowHeight + 8);
  });

  it('runs the spine from the patches to the final layer', () => {
    expect(spineEdges(2).map(({ source, target }) => `${source}>${target}`)).toEqual([
      'embed>block-0',
      'block-0>block-1',
      'block-1>final',
    ]);
  });

  it('takes less than a millisecond for the largest published DiT', () => {
    layout(28, () => 0);
    const start = performance.now();
    for (let run = 0; run < 100; run++) layout(28, () => 140);
    expect((performance.now() - start) / 100).toBeLessThan(1);
  });
});
