import { expect, it } from 'vitest';
import { parseViews, type SavedView } from './savedViews.ts';

const view: SavedView = {
  lens: 'cost',
  costTokens: 4096,
  errorBin: null,
  expandedBlocks: [2],
  expandedOperators: ['blocks.2.attn'],
  camera: { x: 10, y: -40, zoom: 0.8 },
};

it('reads what it wrote, and drops what is damaged', () => {
  expect(parseViews(JSON.parse(JSON.stringify({ 1: view, 9: view })))).toEqual({ 1: view, 9: view });
  expect(parseViews({ 0: view, 10: view, x: view })).toEqual({});
  expect(parseViews({ 2: { ...view, lens: 'xray' }, 3: { ...view, camera: { x: 1 } }, 4: null })).toEqual({});
  const odd = { ...view, expandedBlocks: [1, 'two'], expandedOperators: ['blocks.1.attn', 'head'] };
  expect(parseViews({ 5: odd })[5]).toMatchObject({
    expandedBlocks: [1],
    expandedOperators: ['blocks.1.attn'],
  });
  for (const damaged of [null, 7, 'views', []]) expect(parseViews(damaged)).toEqual({});
});
