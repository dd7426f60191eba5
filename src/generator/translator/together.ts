// A base and an adapter for each of many concepts, trained together: every picture of a batch is drawn with its own
// concept's adapter. The base then learns what concepts share, down projections that are frozen afterwards included, and
// that an adapter alone must tell them apart, which is all that is trained for a new one. Ours: the paper's base is
// trained on a few concepts as it is.
import { add, gather, type Node, reshape, slice } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import { layoutOf, type ParameterLayout } from '../../train/parameters.ts';
import { adapterLayout, frozenDownShapes } from './adapter.ts';
import type { TranslatorConfig } from './configuration.ts';
import { baseConvName, baseShapes, loraLayers, loraNames } from './shape.ts';

type Weights = Readonly<Record<string, Tensor>>;

/** The concepts' adapters, each as what it adds to the base: [concepts, P]. */
export const adapterTable = 'adapters';

export function togetherLayout(config: TranslatorConfig, concepts: number): ParameterLayout {
  return layoutOf([
    ...baseShapes(config.shape),
    ...frozenDownShapes(config),
    [adapterTable, [concepts, adapterLayout(config).size]],
  ]);
}

/** Tensors with a leading axis [B], cut from adapters [C, P]; @param rows i32 [B], which adapter each picture has */
export function adaptersOfPictures(
  config: TranslatorConfig,
  adapters: Node,
  rows: Node,
): ReadonlyMap<string, Node> {
  const [batch = 0] = rows.shape;
  const chosen = gather(adapters, rows);
  return new Map(
    adapterLayout(config).entries.map(({ name, shape, offset, size }) => [
      name,
      reshape(slice(chosen, 1, offset, offset + size), [batch, ...shape]),
    ]),
  );
}

/** What a base and its table give each picture: where the base has a tensor of that name, the row is added to it. */
export function addedToBase(
  config: TranslatorConfig,
  trained: ReadonlyMap<string, Node>,
  rows: Node,
): ReadonlyMap<string, Node> {
  const own = adaptersOfPictures(config, known(trained.get(adapterTable), adapterTable), rows);
  return new Map(
    [...own].map(([name, values]) => {
      const shared = trained.get(name);
      return [name, shared ? add(values, shared) : values];
    }),
  );
}

/**
 * What the table's rows have in common goes into the base, so that the base by itself is their middle, and the rows keep
 * what is their own. No picture changes by it.
 */
export function centred(
  config: TranslatorConfig,
  weights: Weights,
  table: Tensor,
): { readonly weights: Weights; readonly table: Tensor } {
  const { entries, size } = adapterLayout(config);
  const [count = 0] = table.shape;
  const mean = new Float64Array(size);
  table.data.forEach((value, i) => {
    mean[i % size] = known(mean[i % size], 'mean') + value / count;
  });
  const of = new Map(
    entries.map((entry) => [entry.name, mean.subarray(entry.offset, entry.offset + entry.size)]),
  );
  const moved: Record<string, Tensor> = { ...weights };
  for (const [name, values] of of) {
    const own = weights[name];
    if (own)
      moved[name] = f32(
        own.shape,
        own.data.map((value, i) => value + known(values[i], name)),
      );
  }
  for (const layer of loraLayers) {
    const { down, up } = loraNames(layer);
    const [kernel, low, high] = [
      known(weights[baseConvName(layer)], layer),
      known(weights[down], down),
      known(of.get(up), up),
    ];
    const rank = low.shape[0] ?? 0;
    const inputs = low.data.length / rank;
    const data = Float32Array.from(kernel.data, (value, at) => {
      const [out, into] = [Math.floor(at / inputs), at % inputs];
      let update = 0;
      for (let r = 0; r < rank; r++) {
        update += known(high[out * rank + r], up) * known(low.data[r * inputs + into], down);
      }
      return value + config.loraScale * update;
    });
    moved[baseConvName(layer)] = f32(kernel.shape, data);
  }
  const rest = table.data.map((value, i) => value - known(mean[i % size], 'mean'));
  return { weights: moved, table: f32(table.shape, rest) };
}
