// The weight generator's net: a 1-D UNet over the numbers of one block, told the timestep, the block's index and a text
// (paper, «text- and index-conditioned 1-D UNet»; widths and heads are ours, the paper gives none).
import {
  add,
  concat,
  constant,
  conv1d,
  linear,
  type Node,
  reshape,
  scoped,
  silu,
  transpose,
} from '../graph/index.ts';
import { known } from '../lib/errors.ts';
import { f32 } from '../lib/tensor.ts';
import { indexCode as sinusoid } from './indexCode.ts';
import { groupNorm } from './layers/normalisation.ts';
import { type NamedShape, textTransformer, textTransformerShapes } from './layers/textTransformer.ts';
import { upsampleTwice } from './layers/upsample.ts';

export interface UnetShape {
  /** Channels of the three levels, finest first. */
  readonly channels: readonly [number, number, number];
  /** Entries of the sinusoidal codes of timestep and block index. */
  readonly codeWidth: number;
  readonly embeddingWidth: number;
  /** Features of one text token. */
  readonly context: number;
  readonly headWidth: number;
  readonly feedForwardRatio: number;
  /** Groups of the group normalisations. */
  readonly groups: number;
  /**
   * How each number of a block is told its place. Ours: the paper draws nothing of the kind, and convolutions and
   * attention then know a place by the padding of the edges alone, while a block that is noise or nothing tells none.
   * `sinusoid`: by the place's code. `learned`: by a learned code of place and block index together, for blocks of so
   * many numbers; a place means another weight in every block.
   */
  readonly positions?: 'sinusoid' | { readonly learned: number };
  /** Whether it reads a hint beside the noisy block (hint.ts). Ours; the paper's net has text and index alone. */
  readonly hint?: true;
}

export interface UnetInputs {
  /** Noisy blocks [B, b], b divisible by 4. */
  readonly blocks: Node;
  /** What pictures say of these blocks [B, b], zero where nothing is known; of a shape with `hint` alone. */
  readonly hint?: Node;
  /** Codes [B, codeWidth] of the timesteps and of the block indices. */
  readonly timeCode: Node;
  readonly indexCode: Node;
  /** [B, S, context]. */
  readonly text: Node;
}

export interface UnetResult {
  /** The estimate [B, b]. */
  readonly output: Node;
  readonly stages: Readonly<Record<string, Node>>;
}

type Weight = (name: string) => Node;

export function unet1d(
  shape: UnetShape,
  { blocks, hint, timeCode, indexCode, text }: UnetInputs,
  w: Weight,
): UnetResult {
  const [batch = 0, length = 0] = blocks.shape;
  const embed = (place: string, code: Node) =>
    linear(
      silu(linear(code, w(`${place}.fc1.weight`), w(`${place}.fc1.bias`))),
      w(`${place}.fc2.weight`),
      w(`${place}.fc2.bias`),
    );
  const embT = embed('embed_t', timeCode);
  const embN = embed('embed_n', indexCode);
  const activated = silu(add(embN, embT));
  const [s1, s2, s3] = shape.channels;

  const conv = (place: string, x: Node, stride = 1) =>
    conv1d(x, w(`${place}.weight`), w(`${place}.bias`), { stride, padBefore: 1, padAfter: 1 });
  const residual = (place: string, x: Node, to: number) =>
    scoped(place, () => residualBlock(x, activated, to, shape.groups, (name) => w(`${place}.${name}`)));
  const transformer = (place: string, x: Node) =>
    scoped(place, () => transformerBlock(x, text, shape, (name) => w(`${place}.${name}`)));
  const widened = (place: string, x: Node) => conv(place, upsampleTwice(x));

  const placeCode = (positions: NonNullable<UnetShape['positions']>, channels: number): Node => {
    if (positions === 'sinusoid') return sinusoidalPlaces(length, channels);
    const table = linear(indexCode, w('places.weight'), w('places.bias'));
    return reshape(table, [batch, channels, length]);
  };

  const seen = shape.hint ? [blocks, known(hint, 'hint')] : [blocks];
  const rows = seen.map((values) => reshape(values, [batch, 1, length]));
  const read = conv('conv_in', concat(rows, 1));
  const first = shape.positions === undefined ? read : add(read, placeCode(shape.positions, s1));
  const enc1 = transformer('enc1_tf', residual('enc1_res', first, s1));
  const enc2 = transformer('enc2_tf', residual('enc2_res', conv('down1', enc1, 2), s2));
  const enc3 = residual('enc3_res', conv('down2', enc2, 2), s3);
  const mid = transformer('mid_tf', enc3);
  const dec3 = residual('dec3_res', concat([mid, enc3], 1), s3);
  const dec2 = transformer('dec2_tf', residual('dec2_res', concat([widened('up2', dec3), enc2], 1), s2));
  const dec1 = transformer('dec1_tf', residual('dec1_res', concat([widened('up1', dec2), enc1], 1), s1));
  const last = conv('conv_out', silu(groupNorm(dec1, shape.groups, (name) => w(`norm_out.${name}`))));
  return {
    output: reshape(last, [batch, length]),
    stages: { emb_t: embT, emb_n: embN, enc1, enc2, enc3, mid, dec3, dec2, dec1 },
  };
}

/** [1, C, L]: the sinusoidal code of every place. */
function sinusoidalPlaces(length: number, channels: number): Node {
  const places = Array.from({ length }, (_, place) => place);
  return transpose(constant(f32([1, length, channels], sinusoid(places, channels))), [0, 2, 1]);
}

/** x [B, C, L], the embedding after its SiLU [B, E] → [B, to, L]. */
function residualBlock(x: Node, embedding: Node, to: number, groups: number, w: Weight): Node {
  const [batch = 0, from = 0] = x.shape;
  const half = (y: Node, i: 1 | 2) =>
    conv1d(
      silu(groupNorm(y, groups, (name) => w(`norm${i}.${name}`))),
      w(`conv${i}.weight`),
      w(`conv${i}.bias`),
      {
        padBefore: 1,
        padAfter: 1,
      },
    );
  const told = reshape(linear(embedding, w('emb.weight'), w('emb.bias')), [batch, to, 1]);
  const y = half(add(half(x, 1), told), 2);
  return add(y, from === to ? x : conv1d(x, w('skip.weight'), w('skip.bias')));
}

/** x [B, C, L] with the positions as tokens. */
function transformerBlock(x: Node, text: Node, { groups, headWidth }: UnetShape, w: Weight): Node {
  const channels = x.shape[1] ?? 0;
  const tokens = transpose(
    groupNorm(x, groups, (name) => w(`norm.${name}`)),
    [0, 2, 1],
  );
  const inside = linear(tokens, w('proj_in.weight'), w('proj_in.bias'));
  const mixed = textTransformer(inside, text, (name) => w(`block.${name}`), channels / headWidth);
  return add(x, transpose(linear(mixed, w('proj_out.weight'), w('proj_out.bias')), [0, 2, 1]));
}

/** Names and shapes of all trained tensors. */
export function unetShapes(shape: UnetShape): NamedShape[] {
  const [c1, c2, c3] = shape.channels;
  const { codeWidth, embeddingWidth: e, positions } = shape;
  const layer = (place: string, ...weight: number[]): NamedShape[] => [
    [`${place}.weight`, weight],
    [`${place}.bias`, [weight[0] ?? 0]],
  ];
  const embed = (place: string) => [...layer(`${place}.fc1`, e, codeWidth), ...layer(`${place}.fc2`, e, e)];
  const residual = (place: string, from: number, to: number) => [
    ...layer(`${place}.norm1`, from),
    ...layer(`${place}.norm2`, to),
    ...layer(`${place}.conv1`, to, from, 3),
    ...layer(`${place}.emb`, to, e),
    ...layer(`${place}.conv2`, to, to, 3),
    ...(from === to ? [] : layer(`${place}.skip`, to, from, 1)),
  ];
  const transformer = (place: string, channels: number): NamedShape[] => [
    ...layer(`${place}.norm`, channels),
    ...layer(`${place}.proj_in`, channels, channels),
    ...textTransformerShapes(channels, shape.context, shape.feedForwardRatio).map(
      ([name, extents]): NamedShape => [`${place}.block.${name}`, extents],
    ),
    ...layer(`${place}.proj_out`, channels, channels),
  ];
  return [
    ...embed('embed_t'),
    ...embed('embed_n'),
    ...layer('conv_in', c1, shape.hint ? 2 : 1, 3),
    ...(typeof positions === 'object' ? layer('places', c1 * positions.learned, codeWidth) : []),
    ...residual('enc1_res', c1, c1),
    ...transformer('enc1_tf', c1),
    ...layer('down1', c1, c1, 3),
    ...residual('enc2_res', c1, c2),
    ...transformer('enc2_tf', c2),
    ...layer('down2', c2, c2, 3),
    ...residual('enc3_res', c2, c3),
    ...transformer('mid_tf', c3),
    ...residual('dec3_res', 2 * c3, c3),
    ...layer('up2', c3, c3, 3),
    ...residual('dec2_res', c3 + c2, c2),
    ...transformer('dec2_tf', c2),
    ...layer('up1', c2, c2, 3),
    ...residual('dec1_res', c2 + c1, c1),
    ...transformer('dec1_tf', c1),
    ...layer('norm_out', c1),
    ...layer('conv_out', 1, c1, 3),
  ];
}
