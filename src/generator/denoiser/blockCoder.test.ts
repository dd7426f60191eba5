import { describe, expect, it } from 'vitest';
import { known } from '../../lib/errors.ts';
import { toyDataSet, toyDenoiser, toyTranslator } from '../testing.ts';
import { learntCoder, writtenCoder } from './blockCoder.ts';
import type { DenoiserConfig } from './config.ts';

const data = toyDataSet();
const training = data.entries.filter(({ use }) => use === 'train').flatMap(({ vectors }) => vectors);
const config: DenoiserConfig = { ...toyDenoiser, coordinates: 'components', blockSize: 4 };

const size = (vector: ArrayLike<number>) => Math.hypot(...Array.from(vector));
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  size(Array.from(a, (value, i) => value - (b[i] ?? Number.NaN)));

describe('blocks of components', () => {
  it('are one a group, as many as fit, where nothing else is said', () => {
    const { layout } = learntCoder({ ...config, grouping: 'layer' }, data);
    expect(layout.size).toBe(4);
    expect(layout.groups.every(({ length }) => length <= 4)).toBe(true);
    expect(layout.count).toBe(layout.groups.length);
  });

  it('go over several blocks where a group has more, and leave the tail of the last one empty', () => {
    const { layout, encode, decode, components } = learntCoder(
      { ...config, grouping: 'one', components: 6 },
      data,
    );
    expect(layout.count).toBe(2);
    expect(layout.groups.map(({ length }) => length)).toEqual([6]);
    expect(known(components?.all, 'components').shape).toEqual([6, data.layout.size]);
    const vector = known(training[0], 'vector');
    const blocks = encode(vector);
    expect(blocks).toHaveLength(8);
    expect([...blocks.slice(6)]).toEqual([0, 0]);
    // Two concepts are trained on, of two checkpoints each: six components hold them whole.
    expect(apart(decode(blocks), vector)).toBeLessThan(1e-3 * size(vector));
    // The block after the first has its own numbers.
    const first = Float32Array.from(blocks, (value, i) => (i < 4 ? value : 0));
    expect(apart(encode(decode(first)), first)).toBeLessThan(1e-3 * size(first));
  });

  it('are read again by a file that holds them, and by no other', () => {
    const wide: DenoiserConfig = { ...config, grouping: 'one', components: 6 };
    const learnt = learntCoder(wide, data);
    const again = writtenCoder(wide, toyTranslator, learnt.components, 'g.safetensors');
    const vector = known(training[1], 'vector');
    expect(again.encode(vector)).toEqual(learnt.encode(vector));
    expect(() =>
      writtenCoder({ ...wide, components: 5 }, toyTranslator, learnt.components, 'g.safetensors'),
    ).toThrow('g.safetensors lacks the components of all; make it again with generator:train.');
  });
});
