// Reads the files of the demo: its figures, and its two rows of pictures as the strips that the gallery shows.
import { decodePng } from '../../formats/png.ts';
import { FileError } from '../../lib/errors.ts';
import type { SampleFrame } from '../../workers/protocol.ts';
import type { Strip, Strips } from '../images.ts';
import { keepDemo, useDemo } from './demo.ts';
import { type Demo, type DemoPictures, parseDemo } from './demoFile.ts';
import type { ReadDemoFile } from './demoFiles.ts';

/** Once a visit. @throws UserError where a file is missing or damaged */
export async function loadDemo(read: ReadDemoFile): Promise<Demo> {
  const loaded = useDemo.getState().demo;
  if (loaded) return loaded;
  const demo = parseDemo(JSON.parse(new TextDecoder().decode(await read('demo.json'))));
  const { picture } = decodePng(await read(demo.pictures.file), demo.pictures.file);
  keepDemo(demo, stripsOf(demo, picture.data));
  return demo;
}

function stripsOf({ plan, hash, pictures }: Demo, pixels: Uint8Array): Strips {
  const strip = (which: 'base' | 'graft'): Strip => {
    const { seed, guidance, steps, classes, size } = pictures;
    const jobId = `demo-${which}`;
    const frame: SampleFrame = {
      jobId,
      which,
      step: steps,
      steps,
      size,
      channels: 1,
      pixels: rowOf(pixels, pictures, which),
    };
    return {
      job: { jobId, which, plan, seed, classes, guidance, steps, sampler: 'ddim' },
      planHash: hash,
      frames: [frame],
      state: 'done',
      milliseconds: null,
      bundled: true,
      weights: which === 'base' ? 'pretrained' : 'trained',
    };
  };
  return { base: strip('base'), graft: strip('graft') };
}

/** [2·size, count·size] to [count, 1, size, size] of one row of pictures. */
function rowOf(
  pixels: Uint8Array,
  { size, classes, file }: DemoPictures,
  which: 'base' | 'graft',
): Uint8Array {
  const count = classes.length;
  const width = count * size;
  if (pixels.length !== 2 * size * width)
    throw new FileError(
      `${file} should have ${width} × ${2 * size} grey pixels, got ${pixels.length} values.`,
    );
  const row = new Uint8Array(size * width);
  for (let picture = 0; picture < count; picture++) {
    for (let y = 0; y < size; y++) {
      const from = ((which === 'base' ? 0 : size) + y) * width + picture * size;
      row.set(pixels.subarray(from, from + size), (picture * size + y) * size);
    }
  }
  return row;
}
