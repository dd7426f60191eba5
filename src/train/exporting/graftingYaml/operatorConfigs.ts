// Operators as the released grafting code configures them (keshik6/grafting, configs/; spec/grafting §2, §7.2): flat
// constructor arguments in one YAML file each, or a sentence on what that code cannot build.
import type { YamlMap } from '../../../formats/yaml.ts';
import { known } from '../../../lib/errors.ts';
import { numberOf, textOf } from '../../../operators/config.ts';
import type { SlotSite } from '../../../operators/operator.ts';
import type { OperatorConfig } from '../../../plan/plan.ts';

export type MixerFolder = 'sequence_mixers' | 'channel_mixers';

export interface OperatorYaml {
  readonly operator: string;
  readonly folder: MixerFolder;
  /** A sentence on what the released code cannot build of this config, or undefined. */
  readonly refusal?: (config: OperatorConfig) => string | undefined;
  readonly write: (config: OperatorConfig, site: SlotSite) => YamlMap;
  /** The config back from the file, for the check of an export. */
  readonly read: (yaml: YamlMap) => OperatorConfig;
}

/** Without these, whose values change nothing, the released constructors fall back to the same. */
const hyenaCommon = { order: 2, inner_factor: 1, num_heads: 1, num_blocks: 1 };
const anyLength = 1_000_000;

const numberIn = (yaml: YamlMap, name: string): number => Number(yaml[name]);

function hyena(operator: string, filters: readonly string[]): OperatorYaml {
  return {
    operator,
    folder: 'sequence_mixers',
    write: (config, { width }) => ({
      d_model: width,
      l_max: anyLength,
      ...hyenaCommon,
      ...Object.fromEntries(filters.map((name) => [name, numberOf(config, 'taps')])),
    }),
    read: (yaml) => ({ taps: numberIn(yaml, known(filters[0], 'filter')) }),
  };
}

const all: readonly OperatorYaml[] = [
  {
    operator: 'mha',
    folder: 'sequence_mixers',
    write: (_, { width, heads }) => ({ dim: width, qkv_bias: true, num_heads: heads }),
    read: () => ({}),
  },
  {
    operator: 'swa',
    folder: 'sequence_mixers',
    refusal: (config) =>
      textOf(config, 'shape') === 'grid'
        ? 'its sliding windows run along the raster order only, so a window on the 2-D grid has no file.'
        : undefined,
    write: (config, { width, heads }) => ({
      embed_dim: width,
      num_heads: heads,
      num_heads_kv: null,
      cross_attn: false,
      qkv_proj_bias: true,
      out_proj_bias: true,
      dropout: 0,
      softmax_scale: null,
      causal: false,
      layer_idx: null,
      dwconv: false,
      rotary_emb_dim: 0,
      window_size: [numberOf(config, 'window'), numberOf(config, 'window')],
      fused_bias_fc: true,
      use_flash_attn: true,
      return_residual: false,
      checkpointing: false,
      device: null,
      dtype: null,
    }),
    read: (yaml) => ({ window: Number([yaml.window_size].flat()[0]), shape: 'raster' }),
  },
  hyena('hyena_se', ['short_filter_order', 'inner_filter_len']),
  hyena('hyena_x', ['short_filter_order']),
  hyena('hyena_y', ['inner_filter_len']),
  {
    operator: 'mamba2',
    folder: 'sequence_mixers',
    write: (config, { width }) => ({
      d_model: width,
      d_state: numberOf(config, 'state'),
      d_conv: numberOf(config, 'taps'),
      expand: numberOf(config, 'expand'),
      headdim: numberOf(config, 'headWidth'),
    }),
    read: (yaml) => ({
      state: numberIn(yaml, 'd_state'),
      expand: numberIn(yaml, 'expand'),
      headWidth: numberIn(yaml, 'headdim'),
      taps: numberIn(yaml, 'd_conv'),
    }),
  },
  {
    operator: 'mlp',
    folder: 'channel_mixers',
    write: (config, { width }) => ({
      d_model: width,
      expansion_ratio: numberOf(config, 'ratio'),
      dropout: 0,
    }),
    read: (yaml) => ({ ratio: numberIn(yaml, 'expansion_ratio') }),
  },
  {
    operator: 'mlp_hyena_x',
    folder: 'channel_mixers',
    // Without fused_bias_fc, which the released file has and the released constructor does not take.
    write: (config, { width, tokens }) => ({
      d_model: width,
      l_max: tokens,
      expansion_ratio: numberOf(config, 'ratio'),
      ...hyenaCommon,
      short_filter_order: numberOf(config, 'taps'),
    }),
    read: (yaml) => ({
      ratio: numberIn(yaml, 'expansion_ratio'),
      taps: numberIn(yaml, 'short_filter_order'),
    }),
  },
];

export function operatorYaml(operator: string): OperatorYaml {
  return known(
    all.find((entry) => entry.operator === operator),
    `the YAML of ${operator}`,
  );
}

export const operatorYamls = all;
