// The report of a headless graft: everything that was measured, as JSON, with what is needed to repeat it.
import type { ImageScores } from '../metrics/imageScores.ts';
import type { Cost } from '../models/cost.ts';
import type { Plan } from '../plan/plan.ts';
import type { CurvePoint, RunSummary } from '../train/graft/progress.ts';
import type { ForwardTimes } from '../train/measure.ts';

export interface GraftReport {
  readonly format: 'scion-graft-report';
  readonly version: 1;
  readonly plan: Plan;
  readonly planHash: string;
  readonly engine: string;
  readonly scores: {
    /** Called FD (Fashion-MNIST CNN): never comparable with an FID. */
    readonly metric: string;
    readonly samples: number;
    readonly firstSeed: number;
    readonly guidance: number;
    readonly denoisingSteps: number;
    readonly base: ImageScores | null;
    readonly afterStage1: ImageScores | null;
    readonly afterStage2: ImageScores | null;
    /** FD after stage 2 over FD of the base, less one. */
    readonly change: number | null;
  };
  readonly cost: { readonly base: Cost; readonly graft: Cost };
  readonly forward: ForwardTimes;
  readonly training: {
    readonly flops: number;
    readonly pretrainingFlops: number | null;
    readonly share: number | null;
    readonly seconds: number;
    readonly heldOutLoss: { readonly afterStage1: number | null; readonly best: number | null };
  };
  readonly slots: RunSummary['slots'];
  readonly points: readonly CurvePoint[];
  readonly hashes: Readonly<Record<string, string>>;
  readonly seconds: number;
}

const percent = (share: number) => `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)} %`;

/** The report as a few lines for a terminal. */
export function summaryOf(report: GraftReport): string {
  const { scores, cost, forward, training } = report;
  const scored = (name: string, score: ImageScores | null) =>
    score
      ? `${name} FD ${score.fd.toFixed(3)}, ${(100 * (score.accuracy ?? 0)).toFixed(1)} % of the intended class`
      : '';
  const slots = report.slots.map(
    ({ slot, chosen, initial, bestError }) =>
      `  ${slot}: ${chosen ? (initial[chosen]?.toFixed(4) ?? '') : ''} (${chosen}) → ${bestError?.toFixed(4)} relative error`,
  );
  return [
    `Plan ${report.planHash} on ${report.engine}`,
    ...slots,
    `Parameters ${cost.base.parameters} → ${cost.graft.parameters} (${percent(cost.graft.parameters / cost.base.parameters - 1)})`,
    `MACs per image ${(cost.base.macs / 1e6).toFixed(1)} → ${(cost.graft.macs / 1e6).toFixed(1)} M (${percent(cost.graft.macs / cost.base.macs - 1)})`,
    `Forward, batch ${forward.batch}: ${forward.baseMs.toFixed(1)} → ${forward.graftMs.toFixed(1)} ms`,
    `Training ${training.flops.toExponential(2)} FLOP` +
      (training.share === null ? '' : `, ${(100 * training.share).toFixed(2)} % of pretraining`) +
      `, ${training.seconds.toFixed(0)} s`,
    scored('Base:', scores.base),
    scored('After stage 1:', scores.afterStage1),
    scored('After stage 2:', scores.afterStage2),
    scores.change === null ? '' : `FD change against the base: ${percent(scores.change)}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
