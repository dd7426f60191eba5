// The files of one group in the released grafting code's layout (spec/grafting §7.2): operator, stage 1, stage 2, sampling.
import { writeYaml, type YamlMap } from '../../../formats/yaml.ts';
import { type DitShape, publishedSizes, siteOf } from '../../../models/shape.ts';
import type { Plan, Stage1Recipe, Stage2Recipe } from '../../../plan/plan.ts';
import { slotId } from '../../../plan/slots.ts';
import type { GraftGroup } from './groups.ts';
import { operatorYaml } from './operatorConfigs.ts';

export interface ConfigFile {
  readonly path: string;
  readonly content: YamlMap;
  readonly text: string;
}

/** The released data: 8 shards of 1,000 images for stage 1, 128 images a class for stage 2, one worker a shard. */
const shards = 8;
const images = { stage1: 8000, stage2: 128_000 } as const;
const pixelsPerLatent = 8;

/** `DiT-XL/2`, the name by which the released code builds this model, or undefined where it has none. */
export function publishedName(shape: DitShape): string | undefined {
  const { width, depth, heads, patchSize, channels, classes, mlpRatio, learnSigma, inputSize } = shape;
  const size = Object.entries(publishedSizes).find(
    ([, like]) => like.width === width && like.depth === depth && like.heads === heads,
  )?.[0];
  const usual = channels === 4 && classes === 1000 && mlpRatio === 4 && learnSigma;
  const sizes = [2, 4, 8].includes(patchSize) && [32, 64].includes(inputSize);
  return size !== undefined && usual && sizes ? `DiT-${size}/${patchSize}` : undefined;
}

export function configFiles(plan: Plan, shape: DitShape, group: GraftGroup, stem: string): ConfigFile[] {
  const { type, operator, config, blocks } = group;
  const { folder, write } = operatorYaml(operator);
  const path = `configs/${folder}/${stem}.yaml`;
  const reference = { name: operator, config_filepath: path };
  const model = { dit_model_name: publishedName(shape) ?? plan.base, image_size: pixelsOf(shape) };
  const grafts = { graft_indexes: blocks };
  const site = siteOf(shape, slotId(blocks[0] ?? 0, type === 'mha' ? 'attn' : 'mlp'));
  return [
    file(path, write(config, site)),
    file(`configs/train_stage1/${stem}.yaml`, {
      operator: reference,
      train_config: stage1Config(plan.stage1, plan.seed),
      train: { ...featureFiles(type, 'train'), batch_size: plan.stage1.batch },
      val: { ...featureFiles(type, 'val'), batch_size: plan.stage1.batch },
    }),
    file(`configs/train_stage2/${stem}.yaml`, {
      train: latentFiles(plan.stage2),
      operator: { type, ...reference },
      train_config: {
        initial_learning_rate: plan.stage2.learningRate,
        init_type: 'graft',
        wd: plan.stage2.weightDecay,
        epochs: epochs(plan.stage2, images.stage2),
        global_seed: plan.seed,
        dit_ckpt_path: 'None',
        ...model,
        ...grafts,
        graft_weights: Object.fromEntries(
          blocks.map((block) => [block, stage1Result(plan, operator, block)]),
        ),
      },
    }),
    file(`configs/sampling/${stem}.yaml`, {
      operator: { type, ...reference },
      sample_config: {
        init_type: 'graft',
        global_seed: 0, // Its scoring script accepts no other.
        grafted_dit_ckpt_path: './model.pt',
        samples_save_dir: `results/${stem}`,
        ...model,
        ...grafts,
        graft_weights: null,
      },
    }),
  ];
}

function file(path: string, content: YamlMap): ConfigFile {
  return { path, content, text: writeYaml(content) };
}

/** Bundled bases draw pixels, the published ones latents of a VAE that shrinks by eight. */
function pixelsOf({ inputSize, channels }: DitShape): number {
  return channels === 4 ? inputSize * pixelsPerLatent : inputSize;
}

function epochs({ steps, batch }: Pick<Stage1Recipe, 'steps' | 'batch'>, count: number): number {
  return Math.max(1, Math.round((steps * batch) / count));
}

function stage1Config(recipe: Stage1Recipe, seed: number): YamlMap {
  return {
    initial_learning_rate: recipe.learningRate,
    min_learning_rate: recipe.learningRate / 400, // As 1.25e-6 to 5e-4 in the released file.
    wd: recipe.weightDecay,
    epochs: epochs(recipe, images.stage1),
    global_seed: seed,
    clip_norm_val: recipe.clipNorm,
  };
}

function featureFiles(type: GraftGroup['type'], split: 'train' | 'val'): YamlMap {
  return {
    tar_dir: `/data/scion_fts_${type}/${split}/`,
    tar_str_indexes: 'split_{000..007}.tar',
    num_workers: shards,
    num_samples: images.stage1,
    train_subset: false,
    operator_type: type,
    return_tuple_keys: ['__key__', 'in_fts.pth', 'out_fts.pth', 'adaln_out_fts.pth', 't.pth'],
    sha_key: 'None',
  };
}

function latentFiles({ batch }: Stage2Recipe): YamlMap {
  return {
    tar_dir: '/data/vae_features/imagenet_256/train/',
    tar_str_indexes: 'split_{000000..000007}.tar',
    num_workers: shards,
    num_samples_per_class: images.stage2 / 1000 / shards,
    num_samples: images.stage2,
    batch_size: Math.max(1, Math.round(batch / shards)),
    train_scions: true,
    selected_image_paths_file: 'assets/imagenet/splits/hash_key_128k_set_train_256_image_paths.pkl',
    return_tuple_keys: ['__key__', 'latent.pth', 'label.pth'],
    shuffle: true,
  };
}

/** Where the released stage 1 leaves an operator: the seed of a block is the global one plus its index. */
function stage1Result({ stage1, seed }: Plan, operator: string, block: number): string {
  const run = `block_${block}/${stage1.loss}/scaled_pred=False/seed=${seed + block}`;
  return `./results/stage1/${operator}/${run}/checkpoints/best_train.pt`;
}
