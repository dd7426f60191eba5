// What is trained for a concept on our base and on E2GAN's: the same layers, with and without their down projections.
import { describe, expect, it } from 'vitest';
import { known } from '../../lib/errors.ts';
import { adapterLayout, frozenDownShapes } from './adapter.ts';
import { e2ganTranslator, ourTranslator } from './configuration.ts';
import { convolutions, loraLayers, loraNames } from './shape.ts';

const sizes = (config: typeof ourTranslator) =>
  new Map(adapterLayout(config).entries.map(({ name, size }) => [name, size]));

describe('adapters', () => {
  it("of E2GAN's base train r · (in · k² + out) numbers a layer, down and up", () => {
    const own = sizes(e2ganTranslator);
    expect(frozenDownShapes(e2ganTranslator)).toEqual([]);
    for (const layer of loraLayers) {
      const { from, to, kernel } = known(convolutions(e2ganTranslator.shape.width)[layer], layer);
      const { down, up } = loraNames(layer);
      const rank = e2ganTranslator.ranks[layer];
      expect(known(own.get(down), down) + known(own.get(up), up)).toBe(rank * (from * kernel ** 2 + to));
    }
  });

  it('of our base train up alone, on the same net', () => {
    const own = sizes(ourTranslator);
    expect(ourTranslator.shape).toEqual(e2ganTranslator.shape);
    for (const layer of loraLayers) {
      const { to } = convolutions(ourTranslator.shape.width)[layer];
      const { down, up } = loraNames(layer);
      expect(own.has(down)).toBe(false);
      expect(own.get(up)).toBe(ourTranslator.ranks[layer] * to);
    }
    expect(adapterLayout(ourTranslator).size).toBe(4563);
  });
});
