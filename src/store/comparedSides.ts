// What a side of the comparison can show, and where its pictures are.
import { graftedSlots } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import type { Plan, SlotId, SlotPlan } from '../plan/plan.ts';
import { planName } from '../plan/planName.ts';
import { slotId } from '../plan/slots.ts';
import type { DitShape, SampleFrame, SampleJob, StoredRun } from '../workers/protocol.ts';
import { type ComparedStrip, drawingKey, type SideChoice, stripKey } from './comparison.ts';
import { teacherPlan } from './costs.ts';
import { frameAt } from './images.ts';
import type { SessionState } from './sessionStore.ts';

export const baseChoice: SideChoice = {
  key: 'base',
  source: { kind: 'base' },
  label: 'Original',
  short: 'Original',
};

/** The plan on screen first, then every plan with a result, newest first. */
export function sideChoices(
  plan: Plan,
  { storedRuns, run }: Pick<SessionState, 'storedRuns' | 'run'>,
  shape: DitShape,
): SideChoice[] {
  const hash = planHash(plan);
  const finished = storedRuns.filter(({ finished }) => finished);
  const own = finished.find(({ planHash: known }) => known === hash);
  const others = finished.filter(({ planHash: known }) => known !== hash);
  const training = run?.planHash === hash && run.state !== 'finished' && run.state !== 'cancelled';
  return [
    baseChoice,
    ...(own ? ofRun(own) : []),
    ...(!own && !training && graftedSlots(plan).length > 0 ? [untrained(plan, hash)] : []),
    ...others.flatMap(ofRun),
    identity(plan, shape),
  ];
}

function ofRun({ plan, planHash: hash, savedAt, keepsStage1 }: StoredRun): SideChoice[] {
  const short = hash.slice(0, 4);
  const name = `${short} ${planName(plan)}`;
  const newest: SideChoice = {
    key: `${hash}@${savedAt}`,
    source: { kind: 'plan', plan, stage: 'newest' },
    label: keepsStage1 ? `${short} after stage 2: ${planName(plan)}` : name,
    short: keepsStage1 ? `${short}, stage 2` : short,
  };
  if (!keepsStage1) return [newest];
  const stage1: SideChoice = {
    key: `${hash}@${savedAt} stage1`,
    source: { kind: 'plan', plan, stage: 'stage1' },
    label: `${short} after stage 1: ${planName(plan)}`,
    short: `${short}, stage 1`,
  };
  return [stage1, newest];
}

function untrained(plan: Plan, hash: string): SideChoice {
  const short = hash.slice(0, 4);
  return {
    key: `${hash} untrained`,
    source: { kind: 'plan', plan, stage: 'newest' },
    label: `${short} before training: ${planName(plan)}`,
    short: `${short}, untrained`,
  };
}

function identity(plan: Plan, shape: DitShape): SideChoice {
  const control = identityPlan(plan, shape);
  return {
    key: `${planHash(control)} identity`,
    source: { kind: 'identity', plan: control },
    label: 'Identity copy, the control',
    short: 'Identity copy',
  };
}

/**
 * The base's own operators with the base's own weights in the slots that the plan grafts, or in the middle block where
 * it grafts none: it must draw the base's pictures.
 */
export function identityPlan(plan: Plan, shape: DitShape): Plan {
  const middle = Math.floor(shape.depth / 2);
  const grafted = graftedSlots(plan);
  const slots = grafted.length > 0 ? grafted : [slotId(middle, 'attn'), slotId(middle, 'mlp')];
  const copies = slots.map((slot): [SlotId, SlotPlan] => [
    slot,
    { ...teacherPlan(shape, slot), initialisation: 'inherit' },
  ]);
  return { ...plan, slots: Object.fromEntries(copies) };
}

/** What stands side by side until somebody chooses: the original, then what training left of the plan on screen. */
export function usualSides(choices: readonly SideChoice[], plan: Plan): string[] {
  const hash = planHash(plan);
  const own = choices.filter(
    ({ key, source }) => source.kind === 'plan' && !isUntrained(key) && planHash(source.plan) === hash,
  );
  return [baseChoice.key, ...own.map(({ key }) => key)];
}

function isUntrained(key: string): boolean {
  return key.endsWith(' untrained');
}

/** The chosen sides that still exist. */
export function presentSides(
  choices: readonly SideChoice[],
  chosen: readonly string[] | null,
  plan: Plan,
): SideChoice[] {
  const keys = chosen ?? usualSides(choices, plan);
  const sides = keys.flatMap((key) => choices.find((choice) => choice.key === key) ?? []);
  return sides.length > 0 ? sides : [baseChoice];
}

/** The strip of a side for this drawing: the gallery's own where it shows the same, else one drawn for the comparison. */
export function stripOf(
  side: SideChoice,
  strips: SessionState['strips'],
  drawn: ReadonlyMap<string, ComparedStrip>,
): ComparedStrip | null {
  const { base, graft } = strips;
  if (!base) return null;
  if (side.source.kind === 'base') return { ...base, weights: 'pretrained', failure: null };
  const own = drawn.get(stripKey(side.key, base.job));
  if (own) return own;
  const { source } = side;
  const isGallerys =
    graft?.state === 'done' &&
    graft.weights === 'trained' &&
    source.kind === 'plan' &&
    source.stage === 'newest' &&
    !isUntrained(side.key) &&
    graft.planHash === planHash(source.plan) &&
    (graft.job.bypassed ?? []).length === 0 &&
    drawingKey(graft.job) === drawingKey(base.job);
  return isGallerys ? { ...graft, weights: 'trained', failure: null } : null;
}

/** The drawing of a side that answers the same question as the gallery's. */
export function jobOf(side: SideChoice, reference: SampleJob, jobId: string): SampleJob {
  const { seed, classes, guidance, steps, sampler } = reference;
  const { source } = side;
  return {
    jobId,
    which: source.kind === 'base' ? 'base' : 'graft',
    plan: source.kind === 'base' ? reference.plan : source.plan,
    seed,
    classes,
    guidance,
    steps,
    sampler,
    ...(source.kind === 'plan' && source.stage === 'stage1' && { stage: 'stage1' }),
  };
}

export function frameOf(strip: ComparedStrip | null, step: number | null): SampleFrame | undefined {
  return frameAt(strip, step ?? Number.POSITIVE_INFINITY);
}
