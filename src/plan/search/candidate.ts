// What may stand in a slot instead of the teacher's operator: an operator with a config, and the ones worth measuring.
import { canonicalJson } from '../../lib/hash.ts';
import { operators } from '../../operators/index.ts';
import type { Operator, SlotSite } from '../../operators/operator.ts';
import type { OperatorConfig } from '../plan.ts';

export interface Candidate {
  readonly operator: string;
  readonly config: OperatorConfig;
}

/** Equal candidates, equal keys, whatever the order of their fields. */
export function candidateKey({ operator, config }: Candidate): string {
  return canonicalJson([operator, config]);
}

/** Configs beside the presets: an MLP of half or a quarter of the usual width is the way to large savings. */
const further: Readonly<Record<string, readonly OperatorConfig[]>> = { mlp: [{ ratio: 2 }, { ratio: 1 }] };

/**
 * Every operator that fits the site, with its defaults and with the presets of its first setting. The teacher itself is
 * no candidate: it changes nothing and saves nothing.
 */
export function candidatesAt(site: SlotSite, teacher: Candidate): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const operator of operators) {
    if (operator.kind !== site.kind) continue;
    for (const config of configsOf(operator, site)) {
      if (operator.problem(config, site) !== undefined) continue;
      const candidate = { operator: operator.id, config };
      found.set(candidateKey(candidate), candidate);
    }
  }
  found.delete(candidateKey(teacher));
  return [...found.values()];
}

function configsOf(operator: Operator, site: SlotSite): OperatorConfig[] {
  const defaults = operator.defaults(site);
  const [first] = operator.fields;
  const presets = first?.kind === 'number' ? first.presets : [];
  return [
    defaults,
    ...presets.map((value) => (first ? { ...defaults, [first.name]: value } : defaults)),
    ...(further[operator.id] ?? []).map((config) => ({ ...defaults, ...config })),
  ];
}

/** What is measured unless the person chooses otherwise: defaults that save something, and the MLP of ratio 2. */
export function usualCandidates(
  candidates: readonly Candidate[],
  site: SlotSite,
  saves: (candidate: Candidate) => boolean,
): Candidate[] {
  return candidates.filter((candidate) => {
    const operator = operators.find(({ id }) => id === candidate.operator);
    const isDefault =
      operator !== undefined &&
      candidateKey(candidate) === candidateKey({ operator: operator.id, config: operator.defaults(site) });
    const isHalfMlp = candidate.operator === 'mlp' && candidate.config.ratio === 2;
    return saves(candidate) && (isDefault || isHalfMlp);
  });
}
