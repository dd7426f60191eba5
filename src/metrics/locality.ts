// How local attention is: the share of its mass within a band around the diagonal (arXiv 2506.05340, «band-k»).
import { ShapeError } from '../lib/errors.ts';
import { showShape, sizeOf, type Tensor } from '../lib/tensor.ts';

/**
 * L_k = (1/N) Σ_{|i−j| ≤ k} A_ij of each sample and head, in raster order and towards both sides.
 * @param attention softmax maps [B, H, N, N], rows sum to 1
 * @returns [B, H], row-major
 */
export function bandLocality(attention: Pick<Tensor, 'shape' | 'data'>, k: number): Float64Array {
  const { data } = attention;
  const { maps, tokens } = attentionShape(attention);
  const locality = new Float64Array(maps);
  for (let map = 0; map < maps; map++) {
    let inside = 0;
    for (let query = 0; query < tokens; query++) {
      const row = (map * tokens + query) * tokens;
      const last = Math.min(tokens - 1, query + k);
      for (let key = Math.max(0, query - k); key <= last; key++) inside += data[row + key] ?? Number.NaN;
    }
    locality[map] = inside / tokens;
  }
  return locality;
}

/** L_k of a layer: the mean over samples and heads. */
export function layerLocality(attention: Pick<Tensor, 'shape' | 'data'>, k: number): number {
  const locality = bandLocality(attention, k);
  return locality.reduce((sum, value) => sum + value, 0) / locality.length;
}

/** L_k of each head, [H]: the mean over samples. */
export function headLocality(attention: Pick<Tensor, 'shape' | 'data'>, k: number): Float64Array {
  const { samples, heads } = attentionShape(attention);
  const locality = bandLocality(attention, k);
  return Float64Array.from({ length: heads }, (_, head) => {
    let sum = 0;
    for (let sample = 0; sample < samples; sample++) sum += locality[sample * heads + head] ?? Number.NaN;
    return sum / samples;
  });
}

/** L_k of attention that spreads evenly: (N(2k+1) − k(k+1)) / N². */
export function uniformLocality(tokens: number, k: number): number {
  const reach = Math.min(k, tokens - 1);
  return (tokens * (2 * reach + 1) - reach * (reach + 1)) / tokens ** 2;
}

function attentionShape({ shape, data }: Pick<Tensor, 'shape' | 'data'>) {
  const [samples = 0, heads = 0, tokens = 0, keys = 0] = shape;
  if (
    shape.length !== 4 ||
    tokens !== keys ||
    samples * heads * tokens === 0 ||
    data.length !== sizeOf(shape)
  ) {
    throw new ShapeError(
      `Locality needs attention maps [B, H, N, N], got shape ${showShape(shape)} with ${data.length} elements.`,
    );
  }
  return { samples, heads, tokens, maps: samples * heads };
}
