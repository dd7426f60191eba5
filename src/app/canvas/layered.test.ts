import { describe, expect, it } from 'vitest';
import { operatorPicture } from '../../models/pictures.ts';
import { operators } from '../../operators/index.ts';
import { testSite } from '../../plan/testing.ts';
import { layered } from './layered.ts';

describe('layered', () => {
  it('stands every node below what it reads, for the graphs of all operators', () => {
    for (const operator of operators) {
      const site = testSite(operator.kind === 'sequence' ? 'blocks.0.attn' : 'blocks.0.mlp');
      const { nodes, edges } = operatorPicture(operator.id, operator.defaults(site), site);
      const cells = new Map(
        layered(
          nodes.map((node) => node.id),
          edges,
        ).map((cell) => [cell.id, cell]),
      );
      expect(cells.size).toBe(nodes.length);
      for (const { from, to } of edges) {
        expect(cells.get(from)?.row ?? 0, `${operator.id} ${from}>${to}`).toBeLessThan(
          cells.get(to)?.row ?? 0,
        );
      }
    }
  });

  it('gives every node of a row a place of its own', () => {
    const cells = layered(
      ['a', 'b', 'c', 'd'],
      [
        { from: 'a', to: 'd' },
        { from: 'b', to: 'd' },
        { from: 'c', to: 'd' },
      ],
    );
    expect(cells.filter((cell) => cell.row === 0).map((cell) => cell.place)).toEqual([0, 1, 2]);
    expect(cells.find((cell) => cell.id === 'd')).toEqual({ id: 'd', row: 1, place: 0, of: 1 });
  });
});
