// A plan as the configuration files of the released grafting code, with a README that says what they cannot express.
import { writeZip } from '../../../formats/zipWrite.ts';
import { UserError } from '../../../lib/errors.ts';
import type { DitShape } from '../../../models/shape.ts';
import { operatorById } from '../../../operators/index.ts';
import { planHash } from '../../../plan/hash.ts';
import type { Plan } from '../../../plan/plan.ts';
import { type FileBlob, fileName } from '../graftedModel.ts';
import { type ConfigFile, configFiles, publishedName } from './configFiles.ts';
import { type GraftGroup, groupsOf } from './groups.ts';

export interface YamlExport extends FileBlob {
  readonly groups: readonly GraftGroup[];
  /** What the files do not say, one sentence each. */
  readonly limits: readonly string[];
}

export async function exportYaml(plan: Plan, shape: DitShape): Promise<YamlExport> {
  const { groups, refusals } = groupsOf(plan);
  if (groups.length === 0) {
    throw new UserError(
      refusals[0] ??
        'This plan grafts nothing, so there is no configuration to write; put an operator on a slot first.',
    );
  }
  const limits = [...refusals, ...limitsOf(plan, shape, groups)];
  const files = groups.flatMap((group, i) => configFiles(plan, shape, group, stemOf(plan, group, groups, i)));
  const name = fileName(plan, '-grafting-yaml.zip');
  const folder = name.slice(0, -'.zip'.length);
  const blob = await writeZip([
    { name: `${folder}/README.md`, content: new Blob([readme(plan, files, limits)]) },
    ...files.map(({ path, text }) => ({ name: `${folder}/${path}`, content: new Blob([text]) })),
    { name: `${folder}/to_model_pt.py`, content: new Blob([converter]) },
  ]);
  return { name, blob, groups, limits };
}

function stemOf(plan: Plan, group: GraftGroup, groups: readonly GraftGroup[], index: number): string {
  const number = groups.length > 1 ? `_${index + 1}` : '';
  return `${group.operator}_${planHash(plan).slice(0, 8)}${number}`;
}

function limitsOf(plan: Plan, shape: DitShape, groups: readonly GraftGroup[]): string[] {
  const limits: string[] = [];
  if (groups.length > 1) {
    const words = groups.map(
      ({ operator, blocks }) =>
        `${operatorById(operator).label} in ${blocks.length} block${blocks.length > 1 ? 's' : ''}`,
    );
    limits.push(
      `The released grafting code puts one operator with one config on one kind of slot, so this plan becomes ${groups.length} sets of files, each for a model of its own: ${words.join('; ')}.`,
    );
  }
  if (publishedName(shape) === undefined) {
    limits.push(
      `The released grafting code builds DiT-S, B, L and XL on 4-channel latents by name, and "${plan.base}" is none of them; README.md says where to add it.`,
    );
  }
  if (plan.stage2.scope !== 'all') {
    limits.push('Its stage 2 trains all weights; the scope of this plan’s stage 2 is not in the files.');
  }
  if (plan.stage1.stopWhenFlat) {
    limits.push(
      'It counts epochs and does not stop when flat; steps were turned into whole epochs of its data.',
    );
  }
  return limits;
}

function readme(plan: Plan, files: readonly ConfigFile[], limits: readonly string[]): string {
  const { loss, huberDelta } = plan.stage1;
  return `# ${plan.base}, plan ${planHash(plan)}

Configuration files for github.com/keshik6/grafting; copy \`configs/\` over the one in that repository.

${files.map(({ path }) => `- \`${path}\``).join('\n')}

Stage 1 takes its loss from the command line: \`${loss}\`${loss === 'huber' ? `, delta ${huberDelta}` : ''}.

Weights trained in Scion: export them as safetensors, then \`python to_model_pt.py FILE.safetensors\` writes the
\`model.pt\` that the sampling file names. This fits plans that became one set of files.

## What these files do not say

${limits.map((limit) => `- ${limit}`).join('\n') || '- Nothing: the whole plan is expressed.'}

## Adding a model by name

That code finds models by \`dit_model_name\` in the table \`DiT_models\` of \`src/models/dit.py\`; a base of another
shape needs an entry there, which builds \`DiT(...)\` with its depth, width, patch size, heads, input size, channels
and classes.
`;
}

/** Their loaders read the state dict under the key \`ema\`; the tensors' names are the same. */
const converter = `"""Turns weights that Scion exported into the model.pt that the grafting code loads."""
import sys

import torch
from safetensors.torch import load_file

torch.save({"ema": load_file(sys.argv[1])}, "model.pt")
print("model.pt is written")
`;
