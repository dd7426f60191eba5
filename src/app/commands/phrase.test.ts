import { describe, expect, it } from 'vitest';
import { operators } from '../../operators/index.ts';
import { parseBlocks, parseReplacePhrase } from './phrase.ts';

const parse = (text: string) => parseReplacePhrase(text, operators, 12);

describe('replace phrases', () => {
  it.each([
    [
      'mlp 2x on 8-11',
      'mlp',
      { ratio: 2 },
      ['blocks.8.mlp', 'blocks.9.mlp', 'blocks.10.mlp', 'blocks.11.mlp'],
    ],
    ['mlp ratio 3 on 0', 'mlp', { ratio: 3 }, ['blocks.0.mlp']],
    ['swa on 3', 'swa', null, ['blocks.3.attn']],
    ['swa 8 on blocks 1, 5', 'swa', { window: 8 }, ['blocks.1.attn', 'blocks.5.attn']],
    ['Hyena-X on odd', 'hyena_x', null, [1, 3, 5, 7, 9, 11].map((block) => `blocks.${block}.attn`)],
    ['sliding on 2', 'swa', null, ['blocks.2.attn']],
  ])('%s', (text, operator, variant, slots) => {
    const phrase = parse(text);
    expect(phrase?.operator.id).toBe(operator);
    expect(phrase?.variant).toEqual(variant);
    expect(phrase?.slots).toEqual(slots);
  });

  it.each(['', 'mlp', 'on 3', 'hyena on 3', 'mlp on 99', 'mlp on x', 'unknown on 3'])(
    'leave %j alone',
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );
});

describe('parseBlocks', () => {
  it('keeps to the blocks there are', () => {
    expect(parseBlocks('10-99', 12)).toEqual([10, 11]);
    expect(parseBlocks('all', 3)).toEqual([0, 1, 2]);
    expect(parseBlocks('even', 5)).toEqual([0, 2, 4]);
    expect(parseBlocks('3 1 1', 5)).toEqual([1, 3]);
  });
});
