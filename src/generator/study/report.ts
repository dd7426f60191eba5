// The study in words and tables; its first line says plainly whether a fair baseline does as well.
import type { Part } from '../concepts/split.ts';
import { hintPictures } from '../hint/basis.ts';
import { mostPictures } from '../shrinkage.ts';
import { labelOf, type Method, methods } from './methods.ts';
import { fdName } from './patchFeatures.ts';
import {
  bestWithin,
  defaultStart,
  isBetter,
  type MethodRow,
  rowsOf,
  type Speed,
  type StudyRun,
  verdictOf,
} from './summary.ts';
import { meanUntrained, pairedUntrained, type UntrainedRow } from './untrained.ts';

const parts: readonly { readonly part: Part; readonly words: string }[] = [
  { part: 'family', words: 'held-out families' },
  { part: 'level', words: 'held-out levels of known families' },
  { part: 'combination', words: 'held-out combinations' },
];
/** The paper's ratios, at its scale (spec §2.1). */
const targets = { scratch: 15, e2gan: 4.6, seconds: 1.2 };

export interface ReportFacts {
  /** Seconds that generating all blocks took, the median of several calls. */
  readonly generationSeconds: number;
  readonly engine: string;
  /** Emoji on which every point is measured. */
  readonly emoji: number;
  /** Last step of an adapter's fine-tune. */
  readonly last: number;
  /** Pairs of a concept that are trained on. */
  readonly pairs: number;
}

export function verdictLine(runs: readonly StudyRun[], last: number): string {
  const verdict = verdictOf(runs, 'distance', last);
  const { equals, unmeasured } = verdict;
  const area = (method: string) =>
    rowsOf(runs, 'distance', last)
      .find((row) => row.method === method)
      ?.area.toFixed(4) ?? 'not measured';
  const generated = `generated ${area('generated')}`;
  const [best] = equals;
  if (best) {
    const names = equals.map(({ method }) => `${labelOf(method)} ${area(method)}`).join(', ');
    return (
      `A fair baseline does as well as the generator: ${names}, ${generated} (mean held-out L1 over ${last} steps; ` +
      `difference to the first ${best.paired.mean.toFixed(4)} ± ${best.paired.error.toFixed(4)}); offered first, as the better one on average: ${labelOf(defaultStart(verdict))}.`
    );
  }
  const lacking = methods.filter(({ id }) => unmeasured.includes(id));
  if (lacking.length > 0) {
    const names = lacking.map(({ label }) => label).join(', ');
    return `Nothing can be said for the generator yet: ${names} and the generated start have not been run on two common concepts.`;
  }
  return `The generated start beats every fair baseline by more than two standard errors: ${generated} against mean ${area('mean')}, nearest ${area('nearest')}, regressor ${area('regressor')} (mean held-out L1 over ${last} steps).`;
}

function speedText({ ratio, reached, of, isBound }: Speed): string {
  return `${ratio === undefined ? '—' : `${isBound ? '≥ ' : ''}${ratio.toFixed(1)}×`} (${reached}/${of})`;
}

function table(rows: readonly MethodRow[], last: number): string[] {
  const lines = rows.map(({ method, points, area, ...speeds }) => {
    const [first, end] = [points[0], points.findLast(({ step }) => step <= last)];
    const early = points.find(({ step }) => step >= last / 8);
    const cells = [
      labelOf(method),
      first?.distance.toFixed(4),
      early?.distance.toFixed(4),
      end?.distance.toFixed(4),
      points.at(-1)?.distance.toFixed(4),
      first?.fd.toFixed(2),
      end?.fd.toFixed(2),
      points.at(-1)?.fd.toFixed(2),
      area.toFixed(4),
      points.at(-1)?.seconds.toFixed(1),
      speedText(speeds.againstScratch),
      speedText(speeds.againstE2gan),
      speedText(speeds.againstRandom),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const early = rows[0]?.points.find(({ step }) => step >= last / 8)?.step ?? last;
  return [
    `| start | L1 at 0 | at ${early} | at ${last} | at its end | ${fdName} at 0 | at ${last} | at its end | mean L1 to ${last} | seconds | sooner than scratch | than E2GAN | than our random |`,
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ];
}

/** Which starts have runs beyond the curves' length: the others can come to a quality within it or not at all. */
function longRunsLine(runs: readonly StudyRun[], lengths: readonly StudyRun[]): string {
  const stepsOf = (run: StudyRun) => run.points.at(-1)?.step ?? 0;
  const longest = Math.max(0, ...lengths.map(stepsOf));
  const usual = Math.max(0, ...runs.filter(({ method }) => method === 'generated').map(stepsOf));
  const long = methods.filter(({ id }) => lengths.some((run) => run.method === id && stepsOf(run) > usual));
  if (long.length === 0) return '';
  return `Runs of more than ${usual} steps, up to ${longest}, were made from: ${long.map(({ label }) => label).join(', ')}; the other starts come to a quality within ${usual} steps or count as not coming to it.`;
}

/** Whether phrase and block index matter, on every held-out concept. */
function controlsLine(rows: readonly UntrainedRow[]): string {
  const controls = methods.flatMap((record) => {
    if (record.role !== 'control') return [];
    const { id, of, uses } = record;
    const difference = pairedUntrained(rows, id, of);
    return difference ? [{ id, uses, difference }] : [];
  });
  if (controls.length === 0) return 'Controls are not measured on two concepts yet.';
  const told = controls
    .map(({ id, difference }) => `${labelOf(id)} ${signed(difference.mean)} ± ${difference.error.toFixed(4)}`)
    .join(', ');
  const harmless = controls.filter(({ difference }) => !isBetter(difference));
  const used = controls.map(({ uses }) => uses);
  const verdict =
    harmless.length === 0
      ? `All controls hurt: ${used.slice(0, -1).join(', ')} and ${used.at(-1)} are used`
      : `These controls do not hurt by two standard errors: ${harmless.map(({ id }) => labelOf(id)).join(', ')}`;
  return `${verdict} (L1 before any training on ${rows.length} held-out concepts, beside the same start with its own: ${told}).`;
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

function untrainedTable(rows: readonly UntrainedRow[]): string[] {
  if (rows.length === 0) return [];
  const cell = (value: number | undefined) => value?.toFixed(4) ?? '';
  const own = parts.map(({ part }) => rows.filter((row) => row.part === part));
  const lines = methods.flatMap(({ id }) => {
    if (meanUntrained(rows, id, 'written') === undefined) return [];
    const cells = [
      ...own.map((some) => cell(meanUntrained(some, id, 'written'))),
      cell(meanUntrained(rows, id, 'written')),
      ...own.map((some) => cell(meanUntrained(some, id, 'shrunk'))),
      cell(meanUntrained(rows, id, 'shrunk')),
    ];
    return [`| ${[labelOf(id), ...cells].join(' | ')} |`];
  });
  const heads = [...parts.map(({ words }, n) => `${words} (${own[n]?.length ?? 0})`), 'all'];
  return [
    '',
    `L1 before any training, ${rows.length} held-out concepts, seed 0`,
    `| start | ${[...heads, ...heads.map((head) => `${head}, as far as pictures say`)].join(' | ')} |`,
    `|---|${'---:|'.repeat(2 * heads.length)}`,
    ...lines,
  ];
}

export function reportText(
  runs: readonly StudyRun[],
  { generationSeconds, engine, emoji, last, pairs }: ReportFacts,
  lengths: readonly StudyRun[] = [],
  untrained: readonly UntrainedRow[] = [],
): string {
  const concepts = new Set(runs.map(({ concept }) => concept)).size;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const all = rowsOf(runs, 'distance', last, lengths);
  const generated = all.find(({ method }) => method === 'generated');
  const held = (name: string, speed: Speed | undefined, wanted: number) =>
    `${name}: ${speed ? speedText(speed) : 'not measured'}, wanted ${wanted}×.`;
  return [
    verdictLine(runs, last),
    '',
    `Held-out concepts: ${concepts}; seeds: ${seeds}; held-out emoji: ${emoji}; ${engine}; trained on ${pairs} pairs of a concept. Seconds are those of making the start and of the steps.`,
    held('Sooner than training from scratch at its final L1', generated?.againstScratch, targets.scratch),
    held('Sooner there than E2GAN (its own base + random adapter)', generated?.againstE2gan, targets.e2gan),
    `Sooner there than a random adapter on our base, which is trained together with adapters: ${generated ? speedText(generated.againstRandom) : 'not measured'}.`,
    'Sooner: how much sooner the L1 is there that training from scratch ends with on the same concept and seed, the median over all runs; in brackets how many of them came to it. The others count as the slowest (—: half of all or more). A rival that did not come to it counts with its longest run (≥).',
    longRunsLine(runs, lengths),
    `Generated, regressor and solution are made from the phrase and the first ${hintPictures} training pairs. A start that is made from the phrase alone goes as far from the mean adapter as ${Math.min(mostPictures, pairs)} training pictures like best, in quarters of the way.`,
    `Generation of all blocks: ${generationSeconds.toFixed(2)} s, wanted at most ${targets.seconds} s.`,
    controlsLine(untrained),
    '',
    'All held-out concepts',
    ...table(all, last),
    ...parts.flatMap(({ part, words }) => {
      const own = runs.filter((run) => run.part === part);
      const further = lengths.filter((run) => run.part === part);
      return own.length === 0 ? [] : ['', words, ...table(rowsOf(own, 'distance', last, further), last)];
    }),
    ...lengthsTable(runs, lengths),
    ...clockTable([...runs, ...lengths]),
    ...untrainedTable(untrained),
    '',
  ].join('\n');
}

/** Seconds at which the best so far is told. */
const clock = [0.15, 0.3, 0.6, 1.2, 2.5, 5, 10];

function clockTable(runs: readonly StudyRun[]): string[] {
  const cell = (method: Method, seconds: number) => {
    const [distance, fd] = [
      bestWithin(runs, method, seconds, 'distance'),
      bestWithin(runs, method, seconds, 'fd'),
    ];
    return distance === undefined || fd === undefined ? '' : `${distance.toFixed(4)}, ${fd.toFixed(2)}`;
  };
  const lines = methods
    .filter(({ id }) => runs.some(({ method }) => method === id))
    .map(({ id, label }) => `| ${[label, ...clock.map((seconds) => cell(id, seconds))].join(' | ')} |`);
  return [
    '',
    `The best L1 and ${fdName} within so many seconds of wall clock, making the start included (of the runs above, whichever is furthest by then)`,
    `| start | ${clock.map((seconds) => `${seconds} s`).join(' | ')} |`,
    `|---|${clock.map(() => '---:').join('|')}|`,
    ...lines,
  ];
}

/** Mean distances at the ends of a method's runs, by their length. */
function endsOf(runs: readonly StudyRun[], method: Method): Map<number, number> {
  const found = new Map<number, number[]>();
  for (const run of runs) {
    const end = run.points.at(-1);
    if (run.method !== method || !end) continue;
    found.set(end.step, [...(found.get(end.step) ?? []), end.distance]);
  }
  return new Map(
    [...found].map(([step, values]) => [step, values.reduce((sum, value) => sum + value, 0) / values.length]),
  );
}

function lengthsTable(runs: readonly StudyRun[], lengths: readonly StudyRun[]): string[] {
  if (lengths.length === 0) return [];
  const all = [...runs, ...lengths];
  const ends = methods.flatMap(({ id }) =>
    lengths.some(({ method }) => method === id) ? [{ id, ends: endsOf(all, id) }] : [],
  );
  const steps = [...new Set(ends.flatMap(({ ends: own }) => [...own.keys()]))].sort((a, b) => a - b);
  return [
    '',
    'L1 at the end of runs of so many steps, each with a rate that falls over its own length',
    `| start | ${steps.join(' | ')} |`,
    `|---|${steps.map(() => '---:').join('|')}|`,
    ...ends.map(
      ({ id, ends: own }) =>
        `| ${[labelOf(id), ...steps.map((step) => own.get(step)?.toFixed(4) ?? '')].join(' | ')} |`,
    ),
  ];
}
