// Proof of exported configuration files: unpacked and read again, they describe the slots of the plan, and no others.
import { blobSource } from '../../../formats/byteSource.ts';
import { readYaml, type YamlMap, type YamlValue } from '../../../formats/yaml.ts';
import { readStored, readZipDirectory } from '../../../formats/zipArchive.ts';
import { assert, known } from '../../../lib/errors.ts';
import { canonicalJson } from '../../../lib/hash.ts';
import type { Plan, SlotId } from '../../../plan/plan.ts';
import { slotId } from '../../../plan/slots.ts';
import type { YamlExport } from './exportYaml.ts';
import { operatorYaml } from './operatorConfigs.ts';

/** One sentence on what was checked, and what the files leave out. */
export async function checkYaml(plan: Plan, { name, blob, limits }: YamlExport): Promise<string> {
  const source = blobSource(blob, name);
  const files = new Map<string, YamlMap>();
  for (const [path, entry] of await readZipDirectory(source)) {
    if (!path.endsWith('.yaml')) continue;
    const text = new TextDecoder().decode(await readStored(source, entry));
    files.set(path.slice(path.indexOf('/') + 1), readYaml(text, path));
  }
  const slots = slotsOf(files);
  for (const [slot, { operator, config }] of slots) {
    const held = plan.slots[slot];
    assert(
      held?.operator === operator && canonicalJson(held.config) === canonicalJson(config),
      () => `${slot} reads back from ${name} as ${operator} ${JSON.stringify(config)}`,
    );
  }
  const all = Object.keys(plan.slots).length;
  const read = `Unpacked and read again: ${files.size} files, and ${slots.size} of ${all} slots come back with their operators and configs.`;
  return [read, ...limits].join(' ');
}

function slotsOf(files: ReadonlyMap<string, YamlMap>) {
  const slots = new Map<
    SlotId,
    { operator: string; config: ReturnType<ReturnType<typeof operatorYaml>['read']> }
  >();
  for (const [path, file] of files) {
    if (!path.startsWith('configs/train_stage2/')) continue;
    const { type, name, config_filepath: configPath } = map(file.operator);
    const operator = String(name);
    const config = operatorYaml(operator).read(known(files.get(String(configPath)), String(configPath)));
    for (const block of [map(file.train_config).graft_indexes].flat()) {
      slots.set(slotId(Number(block), type === 'mha' ? 'attn' : 'mlp'), { operator, config });
    }
  }
  return slots;
}

function map(value: YamlValue | undefined): YamlMap {
  assert(typeof value === 'object' && value !== null && !Array.isArray(value), () => 'a map is not one');
  return value as YamlMap;
}
