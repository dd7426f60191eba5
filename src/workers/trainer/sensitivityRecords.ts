// Sensitivities as they come back from storage: another version of the program, or a damaged file, gives none.
import type { Candidate } from '../../plan/search/candidate.ts';
import { isSlotId } from '../../plan/slots.ts';
import type { OutputChange, Sensitivity } from '../protocol.ts';

export function parseOutputChange(value: unknown): OutputChange | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { change, byTimestep } = value as Record<string, unknown>;
  if (!isNumber(change) || !Array.isArray(byTimestep) || !byTimestep.every(isNumber)) return undefined;
  return { change, byTimestep };
}

/** @param candidate whose record it is */
export function parseSensitivity(value: unknown, candidate: Candidate): Sensitivity | undefined {
  const output = parseOutputChange(value);
  if (!output) return undefined;
  const { slot, initialisation, slotError } = value as Record<string, unknown>;
  if (typeof slot !== 'string' || !isSlotId(slot) || !isNumber(slotError)) return undefined;
  if (!isMeasured(initialisation)) return undefined;
  return { ...output, slot, candidate, initialisation, slotError };
}

function isMeasured(value: unknown): value is Sensitivity['initialisation'] {
  return value === 'random' || value === 'inherit' || value === 'ridge' || value === 'generated';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
