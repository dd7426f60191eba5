// How well every slot of the bundled base learns its own operator again from random weights: the control experiment that
// curves are read against. `npm run graft -- --control FILE` writes it from the report of a real run.
import { UserError } from '../../lib/errors.ts';
import type { Plan, SlotId, Stage1Recipe } from '../../plan/plan.ts';
import { integer, isRecord, number, oneOf, readObject, text } from '../../plan/reading.ts';
import { isSlotId } from '../../plan/slots.ts';
import { parsePlan } from '../../plan/validate.ts';
import type { CurvePoint, SlotProgress } from '../../workers/protocol.ts';
import { smooth } from '../curves.ts';

/** Of one slot after stage 1. */
export interface SelfGraftSlot {
  /** Held-out relative error. */
  readonly error: number;
  /** Smoothed training loss of the last step. */
  readonly loss: number;
}

export interface SelfGraft {
  readonly plan: Plan;
  /** What computed it. */
  readonly engine: string;
  readonly slots: Readonly<Partial<Record<SlotId, SelfGraftSlot>>>;
}

/** Weight of the moving average that a curve's end is read from. */
const smoothing = 0.9;

/** Losses compare only where both recipes minimise the same one. */
export function sameLoss(a: Stage1Recipe, b: Stage1Recipe): boolean {
  return a.loss === b.loss && (a.loss !== 'huber' || a.huberDelta === b.huberDelta);
}

/** What a curve ends at. */
export function endOf(losses: readonly number[]): number | null {
  return smooth(losses, smoothing).at(-1) ?? null;
}

export function selfGraftOf(report: {
  readonly plan: Plan;
  readonly engine: string;
  readonly slots: readonly SlotProgress[];
  readonly points: readonly CurvePoint[];
}): SelfGraft {
  const { plan, engine, slots, points } = report;
  const ends = slots.flatMap(({ slot, bestError }) => {
    const losses = points.filter(({ series }) => series === slot).map(({ loss, mean }) => mean ?? loss);
    const loss = endOf(losses);
    return bestError === null || loss === null ? [] : [[slot, { error: bestError, loss }] as const];
  });
  return { plan, engine, slots: Object.fromEntries(ends) };
}

export function selfGraftToJson(record: SelfGraft): unknown {
  return { format: 'scion-self-graft', version: 1, ...record };
}

/** @throws UserError with one sentence where the file does not hold what it should */
export function parseSelfGraft(value: unknown): SelfGraft {
  const keys = ['format', 'version', 'plan', 'engine', 'slots'];
  const stored = readObject(value, 'The self-graft record', keys);
  oneOf('scion-self-graft')(stored.format, 'The format of the self-graft record');
  integer(1, 1)(stored.version, 'The version of the self-graft record');
  if (!isRecord(stored.slots)) throw new UserError('The slots of the self-graft record should be an object.');
  const positive = number(0, 1e9);
  const slots = Object.entries(stored.slots).map(([slot, held]) => {
    if (!isSlotId(slot) || !isRecord(held)) {
      throw new UserError(`The self-graft record has a slot "${slot}" that no model has.`);
    }
    const ends: SelfGraftSlot = {
      error: positive(held.error, `The error of ${slot}`),
      loss: positive(held.loss, `The loss of ${slot}`),
    };
    return [slot, ends] as const;
  });
  return {
    plan: parsePlan(stored.plan),
    engine: text(200)(stored.engine, 'The engine of the self-graft record'),
    slots: Object.fromEntries(slots),
  };
}
