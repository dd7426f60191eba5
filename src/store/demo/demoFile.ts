// The finished graft that a first visit opens with: what `npm run demo` writes from the report of a real run, and how it is
// read back. Everything in it was measured by that run; what it was measured with stands beside it.
import { UserError } from '../../lib/errors.ts';
import { planHash } from '../../plan/hash.ts';
import type { Initialisation, Plan } from '../../plan/plan.ts';
import { flag, integer, isRecord, number, oneOf, type Reader, readObject, text } from '../../plan/reading.ts';
import { isSlotId } from '../../plan/slots.ts';
import { parsePlan } from '../../plan/validate.ts';
import type { CurvePoint, ModelInfo, RunSummary, SlotProgress } from '../../workers/protocol.ts';

export interface Demo {
  readonly plan: Plan;
  readonly hash: string;
  /** The bundled model as far as its graph and costs need it, so that they are there before the model is. */
  readonly model: DemoModel;
  /** What computed it, e.g. "ONNX Runtime 1.30.0 on Node, CPU". */
  readonly engine: string;
  readonly summary: RunSummary;
  readonly points: readonly CurvePoint[];
  /** Two rows of pictures from equal seeds, the base's above the graft's, picture i from (seed + i). */
  readonly pictures: DemoPictures;
  /** The trained weights in half precision; null where they were left out for their size. */
  readonly weights: { readonly file: string; readonly bytes: number } | null;
  /** SHA-256 of what the run started from and of what it gave. */
  readonly hashes: { readonly base: string; readonly graft: string };
}

export type DemoModel = Pick<ModelInfo, 'label' | 'config' | 'classNames' | 'pretrainingFlops'>;

export interface DemoPictures {
  readonly file: string;
  readonly size: number;
  readonly seed: number;
  readonly guidance: number;
  readonly steps: number;
  readonly classes: readonly number[];
}

/** Step, loss and held-out error of one point; null where there is none. */
type StoredPoint = readonly [number, number | null, number | null];

export function demoToJson(demo: Demo): unknown {
  const { summary, points, hash, ...rest } = demo;
  const series = [...new Set(points.map((point) => point.series))];
  return {
    format: 'scion-demo',
    version: 1,
    planHash: hash,
    ...rest,
    summary,
    curves: series.map((name) => ({
      series: name,
      points: points
        .filter((point) => point.series === name)
        .map(({ step, loss, error }): StoredPoint => [step, shortened(loss), shortened(error)]),
    })),
  };
}

/** Six digits are more than a curve shows. */
function shortened(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(6));
}

/** @throws UserError with one sentence where the file does not hold what it should */
export function parseDemo(value: unknown): Demo {
  const keys = ['format', 'version', 'planHash', 'plan', 'model', 'engine', 'summary', 'curves'];
  const stored = readObject(value, 'The demo', [...keys, 'pictures', 'weights', 'hashes']);
  oneOf('scion-demo')(stored.format, 'The format of the demo');
  integer(1, 1)(stored.version, 'The version of the demo');
  const plan = parsePlan(stored.plan);
  const hash = planHash(plan);
  if (stored.planHash !== hash)
    throw new UserError(
      'The demo was made for a plan of another version; make it again from a new run with npm run demo.',
    );
  const hashes = isRecord(stored.hashes) ? stored.hashes : {};
  return {
    plan,
    hash,
    model: readModel(stored.model),
    engine: text(200)(stored.engine, 'The engine of the demo'),
    summary: readSummary(stored.summary, hash),
    points: list(stored.curves, 'The curves of the demo').flatMap(readCurve),
    pictures: readPictures(stored.pictures),
    weights: stored.weights === null ? null : readWeights(stored.weights),
    hashes: {
      base: text(64)(hashes.base, "The hash of the demo's base"),
      graft: text(64)(hashes.graft, "The hash of the demo's graft"),
    },
  };
}

const count = integer(0, 1e9);
const positive = number(0, 1e24);

function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value, where) => (value === null || value === undefined ? null : read(value, where));
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new UserError(`${where} should be a list.`);
}

const dimension = integer(1, 1_000_000);

function readModel(value: unknown): DemoModel {
  const stored = isRecord(value) ? value : {};
  const config = isRecord(stored.config) ? stored.config : {};
  const size = (name: string) => dimension(config[name], `${name} of the demo's model`);
  return {
    label: text(200)(stored.label, "The name of the demo's model"),
    config: {
      inputSize: size('inputSize'),
      patchSize: size('patchSize'),
      channels: size('channels'),
      width: size('width'),
      depth: size('depth'),
      heads: size('heads'),
      mlpRatio: number(0.01, 1000)(config.mlpRatio, "mlpRatio of the demo's model"),
      classes: size('classes'),
      learnSigma: flag(config.learnSigma, "learnSigma of the demo's model"),
    },
    classNames: list(stored.classNames, "The classes of the demo's model").map((name) =>
      text(200)(name, "A class of the demo's model"),
    ),
    pretrainingFlops: orNull(positive)(stored.pretrainingFlops, "The compute of the demo's model"),
  };
}

function readSummary(value: unknown, hash: string): RunSummary {
  const stored = isRecord(value) ? value : {};
  const losses = isRecord(stored.heldOutLoss) ? stored.heldOutLoss : {};
  const maybe = (name: string) => orNull(positive)(stored[name], `${name} of the demo`);
  return {
    planHash: hash,
    phase: 'done',
    state: 'finished',
    step: count(stored.step, 'The step of the demo'),
    steps: count(stored.steps, 'The steps of the demo'),
    slots: list(stored.slots, 'The slots of the demo').map(readSlot),
    // Of another machine: it says nothing about this one.
    millisecondsPerStep: null,
    etaSeconds: null,
    flops: positive(stored.flops, 'The compute of the demo'),
    flopsShare: maybe('flopsShare'),
    savedAt: null,
    distanceBase: maybe('distanceBase'),
    distanceStage1: maybe('distanceStage1'),
    distanceGraft: maybe('distanceGraft'),
    distanceSamples: count(stored.distanceSamples, 'The images of the demo'),
    heldOutLoss: {
      afterStage1: orNull(positive)(losses.afterStage1, 'The loss after stage 1'),
      best: orNull(positive)(losses.best, 'The lowest loss of stage 2'),
    },
    seconds: positive(stored.seconds, 'The seconds of the demo'),
    ...(isRecord(stored.drift) && { drift: readDrift(stored.drift) }),
  };
}

function readDrift(stored: Readonly<Record<string, unknown>>): NonNullable<RunSummary['drift']> {
  return Object.fromEntries(
    Object.entries(stored).map(([slot, moved]) => [
      readSlotId(slot),
      positive(moved, `The drift of ${slot}`),
    ]),
  );
}

type Start = Exclude<Initialisation, 'auto'>;
const starts = ['random', 'inherit', 'ridge'] as const satisfies readonly Start[];

function readSlot(value: unknown): SlotProgress {
  const stored = isRecord(value) ? value : {};
  const slot = readSlotId(stored.slot);
  const initial = isRecord(stored.initial) ? stored.initial : {};
  const measured = starts.flatMap((start) =>
    initial[start] === undefined ? [] : [[start, positive(initial[start], `The start of ${slot}`)] as const],
  );
  const bins = stored.byTimestep;
  return {
    slot,
    state: oneOf('flat', 'done', 'kept')(stored.state, `The state of ${slot}`),
    step: count(stored.step, `The step of ${slot}`),
    error: orNull(positive)(stored.error, `The error of ${slot}`),
    bestError: orNull(positive)(stored.bestError, `The lowest error of ${slot}`),
    initial: Object.fromEntries(measured),
    chosen: orNull(oneOf(...starts))(stored.chosen, `The chosen start of ${slot}`),
    byTimestep: Array.isArray(bins) ? bins.map((bin: unknown) => positive(bin, `An error of ${slot}`)) : null,
  };
}

function readSlotId(value: unknown): SlotProgress['slot'] {
  if (typeof value === 'string' && isSlotId(value)) return value;
  throw new UserError('A slot of the demo has no name that Scion knows.');
}

function readCurve(value: unknown): CurvePoint[] {
  const stored = isRecord(value) ? value : {};
  const series = stored.series === 'stage2' ? 'stage2' : readSlotId(stored.series);
  return list(stored.points, `The curve of ${series}`).map((point): CurvePoint => {
    const [step, loss, error] = list(point, `A point of ${series}`);
    return {
      series,
      step: count(step, `A step of ${series}`),
      // Step 0 is the start: its error is measured, and there is no loss yet.
      loss: orNull(positive)(loss, `A loss of ${series}`) ?? Number.NaN,
      error: orNull(positive)(error, `An error of ${series}`),
    };
  });
}

function readPictures(value: unknown): DemoPictures {
  const stored = isRecord(value) ? value : {};
  return {
    file: text(100)(stored.file, "The file of the demo's pictures"),
    size: integer(1, 1024)(stored.size, "The size of the demo's pictures"),
    seed: integer(0, 2 ** 31 - 1)(stored.seed, "The seed of the demo's pictures"),
    guidance: number(0, 1000)(stored.guidance, "The guidance of the demo's pictures"),
    steps: integer(1, 100_000)(stored.steps, "The steps of the demo's pictures"),
    classes: list(stored.classes, "The classes of the demo's pictures").map((label) =>
      integer(0, 100_000)(label, 'A class of the demo'),
    ),
  };
}

function readWeights(value: unknown): { file: string; bytes: number } {
  const stored = isRecord(value) ? value : {};
  return {
    file: text(100)(stored.file, "The file of the demo's weights"),
    bytes: count(stored.bytes, "The bytes of the demo's weights"),
  };
}
