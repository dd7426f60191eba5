// A project with its weights as one ZIP file: what projectTransfer.ts writes, and a safetensors file for every plan that
// has trained weights. Each of them is also a file that opens by itself.
import { blobSource } from '../formats/byteSource.ts';
import { readStored, readZipDirectory, sliceOfStored } from '../formats/zipArchive.ts';
import { writeZip, type ZipRecord } from '../formats/zipWrite.ts';
import { FileError } from '../lib/errors.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan } from '../plan/plan.ts';
import { useDocument } from './documentStore.ts';
import { openProjectText, projectAsFile } from './projectTransfer.ts';
import { askTrainer } from './trainer/link.ts';
import { hasWeights, refreshRuns } from './trainer/runs.ts';

const projectName = 'project.graft.json';
const weightsOf = /^weights\/[\w-]+\.safetensors$/;

export interface ProjectArchive {
  readonly name: string;
  readonly blob: Blob;
  /** Plans whose weights are inside. */
  readonly weights: number;
}

/** Every file of weights is read back and run before it goes in, as an export is. */
export async function projectAsArchive(): Promise<ProjectArchive> {
  const { name, text } = projectAsFile();
  const records: ZipRecord[] = [{ name: projectName, content: new Blob([text]) }];
  for (const [hash, plan] of trainedPlans()) {
    const { blob } = await askTrainer({ kind: 'export', plan, format: 'safetensors' });
    records.push({ name: `weights/${hash}.safetensors`, content: blob });
  }
  return {
    name: name.replace(/\.json$/, '.zip'),
    blob: await writeZip(records),
    weights: records.length - 1,
  };
}

/** Plans of the tree that have trained weights, by their hash. */
function trainedPlans(): Map<string, Plan> {
  const plans = [...useDocument.getState().history.nodes.values()].map((node) => node.plan);
  return new Map(plans.filter(hasWeights).map((plan) => [planHash(plan), plan]));
}

/**
 * Opens the project as one of its own and stores the weights of its plans.
 * @returns how many plans have weights
 * @throws FileError when it is another archive, damaged, or of another model; the project on screen then stays
 */
export async function openProjectArchive(file: File): Promise<number> {
  const source = blobSource(file);
  const entries = await readZipDirectory(source);
  const project = entries.get(projectName);
  if (!project) {
    throw new FileError(
      `${file.name} is a ZIP archive without ${projectName}; it opens only projects that Scion saved with their weights.`,
    );
  }
  const text = new TextDecoder().decode(await readStored(source, project));
  if (!(await openProjectText(text))) {
    throw new FileError(
      `${projectName} in ${file.name} is no project; save the project with its weights again.`,
    );
  }
  const weights = [...entries.values()].filter(({ filename }) => weightsOf.test(filename));
  for (const entry of weights) {
    const blob = await sliceOfStored(source, entry);
    await askTrainer({ kind: 'import', file: new File([blob], entry.filename.replace('weights/', '')) });
  }
  await refreshRuns();
  return weights.length;
}
