// Which start is offered first: the one that the study found best, as its record says; nobody decides it here.
import { type StartId, type StylesInfo, startIds } from '../generatorProtocol.ts';

export type Recommendation = StylesInfo['recommended'];

/** What the record of `npm run study -- generator` says about starts: mean held-out distance over the fine-tune. */
export interface StudyRecord {
  /** Fair baselines that the generated start does not clearly beat, the best first. */
  readonly equals: readonly StartId[];
  /** The start of the lowest mean. */
  readonly best: StartId;
  /** Mean distance over the fine-tune by start, lower is better. */
  readonly areas: Readonly<Partial<Record<StartId, number>>>;
  readonly concepts: number;
}

const words: Readonly<Record<StartId, string>> = {
  generated: 'generated weights',
  nearest: "the nearest concept's weights",
  mean: 'the mean of all trained weights',
  regressor: 'the plain regressor',
  solved: 'the first-order solution',
  random: 'a fresh adapter',
};

export function recommendedStart(
  unavailable: Readonly<Record<StartId, string | null>>,
  study: StudyRecord | null,
): Recommendation {
  const [equal] = study?.equals ?? [];
  const start = study?.best ?? 'generated';
  if (unavailable[start] !== null) {
    const other = startIds.find((id) => unavailable[id] === null) ?? 'random';
    return { start: other, why: `Chosen because ${words[start]} cannot be made here.` };
  }
  if (!study) return { start, why: 'No study is part of this build; the generated start is offered first.' };
  const area = (id: StartId) => study.areas[id]?.toFixed(4) ?? 'not measured';
  const where = `mean distance on ${study.concepts} held-out concepts`;
  if (!equal) {
    const why = `In the study generated weights beat every fair baseline (${where} ${area('generated')}).`;
    return { start, why };
  }
  if (start === 'generated') {
    const why = `In the study generated weights were the best on average, and not clearly better than ${words[equal]} (${where} ${area('generated')} against ${area(equal)}).`;
    return { start, why };
  }
  const why = `In the study ${words[start]} did as well as generated ones (${where} ${area(start)} against ${area('generated')}).`;
  return { start, why };
}

/** Reads the study's JSON; null where it is none. */
export function studyRecord(value: unknown): StudyRecord | null {
  if (!isRecord(value) || !isRecord(value.verdict) || !Array.isArray(value.verdict.equals)) return null;
  if (!isStart(value.defaultStart)) return null;
  const rows: readonly unknown[] = Array.isArray(value.rows) ? value.rows : [];
  const areas = rows.flatMap((row) =>
    isRecord(row) && isStart(row.method) && typeof row.area === 'number'
      ? [[row.method, row.area] as const]
      : [],
  );
  const runs: readonly unknown[] = Array.isArray(value.runs) ? value.runs : [];
  const concepts = new Set(runs.map((run) => (isRecord(run) ? run.concept : undefined)));
  return {
    equals: value.verdict.equals.flatMap((entry: unknown) =>
      isRecord(entry) && isStart(entry.method) ? [entry.method] : [],
    ),
    best: value.defaultStart,
    areas: Object.fromEntries(areas),
    concepts: concepts.size,
  };
}

function isStart(value: unknown): value is StartId {
  return startIds.some((id) => id === value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
