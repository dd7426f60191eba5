// The generator's net knows where in a block it is: what it is to write there differs from place to place.
import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { graphOf, input } from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { randomStream } from '../lib/random.ts';
import { f32, sizeOf, type Tensor } from '../lib/tensor.ts';
import { codes } from './denoiser/blockSamples.ts';
import { netInputs } from './denoiser/trainStep.ts';
import { toyDenoiser } from './testing.ts';
import { type UnetShape, unet1d, unetShapes } from './unet1d.ts';

const tokens = 2;
const config = { ...toyDenoiser, blockSize: 32 };

/** First differences of the estimate for a block of nothing, away from the edges. */
async function insideSteps(shape: UnetShape, index = 0): Promise<number[]> {
  const feeds: Record<string, Tensor> = {
    blocks: f32([1, config.blockSize], new Float32Array(config.blockSize)),
    timeCode: f32([1, shape.codeWidth], new Float32Array(shape.codeWidth)),
    indexCode: codes([index], shape.codeWidth),
    text: f32([1, tokens, shape.context], new Float32Array(tokens * shape.context)),
  };
  const shapes = new Map(unetShapes(shape));
  for (const [name, extents] of shapes) {
    feeds[`w/${name}`] = f32(extents, randomStream(1, name).normal(new Float32Array(sizeOf(extents))));
  }
  const { stages } = unet1d(shape, netInputs({ ...config, unet: shape }, 1, tokens), (name) =>
    input(`w/${name}`, known(shapes.get(name), name)),
  );
  const program = await referenceEngine().compile(graphOf({ y: known(stages.enc1, 'enc1') }));
  const { y } = await program.run(feeds);
  const { data } = await known(y, 'y').read();
  const row = Array.from(data.slice(8, 24));
  return row.slice(1).map((value, i) => Math.abs(value - (row[i] ?? Number.NaN)));
}

describe('the net of the generator', () => {
  const { positions: _, ...plain } = config.unet;

  it('tells places apart by their code', async () => {
    const steps = await insideSteps({ ...plain, positions: 'sinusoid' });
    expect(Math.min(...steps)).toBeGreaterThan(1e-6);
  });

  it('tells places apart by a learned code, which differs between blocks', async () => {
    const shape = { ...plain, positions: { learned: config.blockSize } };
    const [first, second] = [await insideSteps(shape, 0), await insideSteps(shape, 1)];
    expect(Math.min(...first)).toBeGreaterThan(1e-6);
    expect(Math.max(...second.map((step, i) => Math.abs(step - (first[i] ?? 0))))).toBeGreaterThan(1e-3);
  });

  it('sees one place like the next without it', async () => {
    expect(Math.max(...(await insideSteps(plain)))).toBeLessThan(1e-9);
  });
});
