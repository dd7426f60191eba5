// What an inspection says as a whole.
import type { Inspection } from '../../../workers/generatorProtocol.ts';

/** What the distances say as a whole. The factors are ours: closer than half of what trained weights are to each other. */
export function verdict({
  nearest,
  mean,
  typical,
}: Pick<Inspection, 'nearest' | 'mean' | 'typical'>): string {
  if (nearest.distance < typical / 2) return 'close to a copy';
  if (mean < typical / 2) return 'close to the mean';
  return 'neither a copy nor the mean';
}
