// README.md of the PyTorch folder: what is in it, how to run it, where it comes from.

import { operatorById } from '../../../operators/index.ts';
import { slotEntries } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import { slotLabel } from '../../../plan/slots.ts';
import { type DescribedModel, describeModel, slotsInWords } from '../graftedModel.ts';

/** @param steps denoising steps in check.safetensors; 0 where the file is not there */
export function readme(model: DescribedModel, steps: number): string {
  const { plan, frame } = model;
  const { depth, width, inputSize, channels } = frame.shape;
  const slots = slotEntries(plan).map(
    ([slot, held]) =>
      `| ${slotLabel(slot)} | ${operatorById(held.operator).label} | ${Object.entries(held.config)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')} |`,
  );
  const { scion_plan: _, ...facts } = describeModel(model);
  return `# ${plan.base}, ${slotsInWords(plan)}

A diffusion transformer of depth ${depth} and width ${width} on ${channels} × ${inputSize} × ${inputSize}, written by Scion from the plan ${planHash(plan)}.

| file | |
|---|---|
| \`model.py\` | the model in plain PyTorch, one class an operator; needs torch and nothing else |
| \`model.safetensors\` | its weights, under facebookresearch/DiT's names |
| \`plan.json\` | what was grafted, and how it was trained; opens in Scion |
${steps > 0 ? `| \`check.safetensors\` | ${steps} denoising steps from seeded noise as Scion computed them |\n` : ''}
\`\`\`
python model.py
\`\`\`

loads the weights${steps > 0 ? ' and prints the largest deviation from the recorded steps; a few 1e-5 are rounding' : ''}.

\`\`\`python
from model import load, sample
images = sample(load(), classes=[0, 1, 2, 3], steps=50, guidance=2.0, seed=0)
\`\`\`
${slots.length > 0 ? `\n## Grafts\n\n| slot | operator | configuration |\n|---|---|---|\n${slots.join('\n')}\n` : ''}
## Provenance

| | |
|---|---|
${Object.entries(facts)
  .map(([name, value]) => `| ${name} | ${value.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`)
  .join('\n')}
`;
}
