// Shared down projections, turned. An update W = up · down is the same for every orthogonal Q as (up Q)(Qᵀ down), but
// not its training: Adam weighs number by number, and what a projection hands on is strongly correlated, as neighbouring
// pixels are. Turned so that the gradients of up are uncorrelated over many concepts, half the steps come as far (Adam in
// the eigenbasis of the gradients' second moment, as SOAP finds it while it trains: arXiv 2409.11321; here it belongs to
// the base, and costs a step nothing). No picture changes by it. Ours.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Engine } from '../../engine/engine.ts';
import { abs, gradients, graphOf, input, mean, sub } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { cut, type ParameterEntry } from '../../train/parameters.ts';
import type { TranslatorBatch } from '../data/batches.ts';
import { adapterLayout } from './adapter.ts';
import type { TranslatorConfig } from './configuration.ts';
import { prefixed, translatorInputs } from './inputs.ts';
import { type LoraLayer, loraLayers, loraNames } from './shape.ts';
import { optionsOf } from './trainer.ts';
import { translator } from './translator.ts';

type Weights = Readonly<Record<string, Tensor>>;

/** Of each layer, an orthogonal Q [r, r]. */
export type Turns = ReadonlyMap<LoraLayer, Matrix>;

export interface GradientCase {
  readonly batch: TranslatorBatch;
  /** An adapter between the base's and the concept's own [P]. */
  readonly adapter: Float32Array;
}

/** Gradients [P] of the mean absolute distance by an adapter, one after another. */
export async function* adapterGradients(
  engine: Engine,
  spec: { readonly config: TranslatorConfig; readonly batch: number; readonly tokens: number },
  base: Weights,
  cases: Iterable<GradientCase>,
): AsyncGenerator<Float32Array> {
  const { config } = spec;
  const { source, text, weight } = translatorInputs({ ...spec, part: 'adapter' });
  const layout = adapterLayout(config);
  const adapter = input('adapter', [layout.size]);
  const own = cut(layout, adapter);
  const { image } = translator(
    ...([config.shape, source, text] as const),
    (name) => own.get(name) ?? weight(name),
    optionsOf(config, 'adapter'),
  );
  const distance = mean(abs(sub(image, input('target', source.shape))));
  const [gradient] = gradients(distance, [adapter]);
  const program = await engine.compile(graphOf({ gradient: known(gradient, 'gradient') }));
  const frozen = prefixed(Object.fromEntries(Object.entries(base).filter(([name]) => !own.has(name))));
  for (const { batch, adapter: at } of cases) {
    const outputs = await program.run({ ...frozen, ...batch, adapter: f32([layout.size], at) });
    const { data } = await known(outputs.gradient, 'gradient').read();
    outputs.gradient?.dispose();
    yield Float32Array.from(data);
  }
  await program.dispose();
}

/**
 * The eigenvectors of Σ GᵀG of each layer's up projection G [out, r], of the largest eigenvalue first; every gradient
 * counts with the same norm, so that no concept that is far from its pictures speaks for all.
 */
export async function principalTurns(
  config: TranslatorConfig,
  gradientsOfAdapters: AsyncIterable<Float32Array>,
): Promise<Turns> {
  const ups = upEntries(config);
  const moments = new Map(
    ups.map(([layer, { shape }]) => [layer, Matrix.zeros(shape[1] ?? 0, shape[1] ?? 0)]),
  );
  for await (const gradient of gradientsOfAdapters) {
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value ** 2, 0));
    if (!(norm > 0)) continue;
    for (const [layer, entry] of ups) {
      const own = matrixOf(gradient, entry).div(norm);
      known(moments.get(layer), layer).add(own.transpose().mmul(own));
    }
  }
  return new Map(
    [...moments].map(([layer, moment]) => {
      const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(moment, {
        assumeSymmetric: true,
      });
      const order = realEigenvalues
        .map((_, i) => i)
        .sort((a, b) => (realEigenvalues[b] ?? 0) - (realEigenvalues[a] ?? 0));
      return [layer, eigenvectorMatrix.subMatrixColumn(order)] as const;
    }),
  );
}

/** The base with its down projections turned. */
export function turnedDowns(base: Weights, turns: Turns): Record<string, Tensor> {
  const turned: Record<string, Tensor> = { ...base };
  for (const [layer, turn] of turns) {
    const { down } = loraNames(layer);
    const { shape, data } = known(base[down], down);
    const rows = Matrix.from1DArray(turn.rows, data.length / turn.rows, data);
    turned[down] = f32(shape, Float32Array.from(turn.transpose().mmul(rows).to1DArray()));
  }
  return turned;
}

/** The same adapter [P] on the turned base. */
export function turnedAdapter(
  config: TranslatorConfig,
  adapter: Float32Array,
  turns: Turns,
): Float32Array<ArrayBuffer> {
  const turned = Float32Array.from(adapter);
  for (const [layer, entry] of upEntries(config)) {
    const up = matrixOf(adapter, entry).mmul(known(turns.get(layer), layer));
    turned.set(up.to1DArray(), entry.offset);
  }
  return turned;
}

function upEntries(config: TranslatorConfig): [LoraLayer, ParameterEntry][] {
  const { entries } = adapterLayout(config);
  return loraLayers.map((layer) => {
    const { up } = loraNames(layer);
    return [
      layer,
      known(
        entries.find(({ name }) => name === up),
        up,
      ),
    ];
  });
}

/** [out, r, 1, 1] → [out, r]. */
function matrixOf(vector: Float32Array, { shape, offset, size }: ParameterEntry): Matrix {
  return Matrix.from1DArray(shape[0] ?? 0, shape[1] ?? 0, vector.subarray(offset, offset + size));
}
