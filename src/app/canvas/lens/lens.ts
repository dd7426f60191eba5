// The lenses: what each shows of a slot, how it is written, and where its numbers come from. One record a lens.
import type { Plan, SlotId } from '../../../plan/plan.ts';
import { slotKind } from '../../../plan/slots.ts';
import { modelMacsAt, slotMacsAt } from '../../../store/tokenCosts.ts';
import type { Lens } from '../../../store/viewStore.ts';
import type { DitShape, Locality, RunProgress, RunSummary, SlotProgress } from '../../../workers/protocol.ts';
import { compact, type Quantity, small } from '../../format/numbers.ts';

export interface LensFacts {
  readonly shape: DitShape;
  readonly slots: Plan['slots'];
  /** Sequence length that costs are counted at. */
  readonly tokens: number;
  readonly locality: Locality | null;
  /** The run that trained these slots, while it goes on and afterwards. */
  readonly run: RunProgress | RunSummary | null;
  /** Bin of ten timesteps bins that errors are shown of; null: all. */
  readonly bin: number | null;
}

export interface LensColumn {
  readonly id: string;
  readonly label: string;
  read(facts: LensFacts, slot: SlotId): number | null;
  write(value: number): Quantity;
  /** Is there a sum over the slots worth telling? */
  readonly sums?: true;
}

export interface LensRecord {
  readonly id: Exclude<Lens, 'structure'>;
  readonly label: string;
  /** What the number is, for the legend. */
  readonly quantity: string;
  /** Steps of equal difference, or of equal ratio. */
  readonly scale: 'linear' | 'log';
  /** The first is what the canvas shows. */
  readonly columns: readonly [LensColumn, ...LensColumn[]];
  /** What to do to see something, while there is nothing. */
  readonly missing: string;
}

export const timestepBins = 10;

const plain = (value: number): Quantity => ({ value: small(value), unit: '' });
const percent = (value: number): Quantity => {
  const size = Math.abs(value * 100);
  const digits = size < 0.05 ? '0' : size < 9.95 ? size.toFixed(1) : size.toFixed(0);
  return { value: value < 0 && digits !== '0' ? `\u2212${digits}` : digits, unit: '%' };
};

const progressOf = ({ run, slots }: LensFacts, slot: SlotId): SlotProgress | undefined =>
  slots[slot] && run?.slots.find((progress) => progress.slot === slot);

/** Root mean square of some of the ten bins, t = 100 · bin. */
function errorBetween(facts: LensFacts, slot: SlotId, from: number, to: number): number | null {
  const bins = progressOf(facts, slot)
    ?.byTimestep?.slice(from, to)
    .filter((error) => Number.isFinite(error));
  if (!bins || bins.length === 0) return null;
  return Math.sqrt(bins.reduce((sum, error) => sum + error ** 2, 0) / bins.length);
}

const cost: LensRecord = {
  id: 'cost',
  label: 'Cost',
  quantity: 'Multiply-adds of one image',
  scale: 'linear',
  columns: [
    {
      id: 'macs',
      label: 'MACs',
      read: ({ shape, slots, tokens }, slot) => slotMacsAt(shape, slot, slots[slot], tokens),
      write: compact,
      sums: true,
    },
    {
      id: 'teacher',
      label: 'Teacher',
      read: ({ shape, tokens }, slot) => slotMacsAt(shape, slot, undefined, tokens),
      write: compact,
      sums: true,
    },
    {
      id: 'change',
      label: 'Change',
      read: ({ shape, slots, tokens }, slot) =>
        slots[slot]
          ? slotMacsAt(shape, slot, slots[slot], tokens) / slotMacsAt(shape, slot, undefined, tokens) - 1
          : null,
      write: percent,
    },
    {
      id: 'share',
      label: 'Of model',
      read: ({ shape, slots, tokens }, slot) =>
        slotMacsAt(shape, slot, slots[slot], tokens) / modelMacsAt(shape, slots, tokens),
      write: percent,
      sums: true,
    },
  ],
  missing: '',
};

const locality: LensRecord = {
  id: 'locality',
  label: 'Locality',
  quantity: 'Attention within k tokens, base',
  scale: 'linear',
  columns: [
    {
      id: 'score',
      label: 'Within k',
      read: (facts, slot) => facts.locality?.slots.find((each) => each.slot === slot)?.score ?? null,
      write: percent,
    },
    {
      id: 'ratio',
      label: 'Over even',
      read: ({ locality: measured }, slot) => {
        const score = measured?.slots.find((each) => each.slot === slot)?.score;
        return measured && score !== undefined ? score / measured.uniform : null;
      },
      write: (value) => ({ value: value.toFixed(2), unit: '×' }),
    },
  ],
  missing: 'Measured on the base’s attention maps.',
};

const error: LensRecord = {
  id: 'error',
  label: 'Error',
  quantity: 'Relative error after stage 1',
  scale: 'log',
  columns: [
    {
      id: 'error',
      label: 'Error',
      read: (facts, slot) => {
        const progress = progressOf(facts, slot);
        if (!progress) return null;
        if (facts.bin !== null) return progress.byTimestep?.[facts.bin] ?? null;
        return progress.bestError ?? progress.error;
      },
      write: plain,
    },
    {
      id: 'before',
      label: 'Untrained',
      read: (facts, slot) => {
        const progress = progressOf(facts, slot);
        return progress?.chosen ? (progress.initial[progress.chosen] ?? null) : null;
      },
      write: plain,
    },
    {
      id: 'late',
      label: 't < 300',
      read: (facts, slot) => errorBetween(facts, slot, 0, 3),
      write: plain,
    },
    {
      id: 'early',
      label: 't ≥ 700',
      read: (facts, slot) => errorBetween(facts, slot, 7, timestepBins),
      write: plain,
    },
  ],
  missing: 'Graft this plan: the error of every new operator is measured while it learns.',
};

const drift: LensRecord = {
  id: 'drift',
  label: 'Drift',
  quantity: 'Relative change of the weights',
  scale: 'log',
  columns: [
    {
      id: 'drift',
      label: 'Drift',
      read: ({ run }, slot) => (run && 'drift' in run ? (run.drift?.[slot] ?? null) : null),
      write: plain,
    },
  ],
  missing: 'Graft this plan: how far its weights moved from the base’s is measured when the run ends.',
};

export const lenses: readonly LensRecord[] = [cost, locality, error, drift];

export function lensOf(lens: Lens): LensRecord | undefined {
  return lenses.find(({ id }) => id === lens);
}

/** Does the lens say anything about slots of this kind? */
export function isAbout(lens: Lens, slot: SlotId): boolean {
  return lens !== 'locality' || slotKind(slot) === 'sequence';
}
