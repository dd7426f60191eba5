// Gathers what the session knows of the present plan into a report, and writes it.
import { version } from '../../../package.json';
import { encodePng } from '../../formats/png.ts';
import { UserError } from '../../lib/errors.ts';
import { operatorById } from '../../operators/index.ts';
import { slotEntries } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan, SlotId, SlotPlan } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import type { ExportedFile, ModelInfo, SlotProgress } from '../../workers/protocol.ts';
import { baseCost, type Cost, planCost, slotCost, teacherCost } from '../costs.ts';
import type { Curves } from '../curves.ts';
import { currentPlan } from '../documentStore.ts';
import { model, type SessionState, useSession } from '../sessionStore.ts';
import { pictureGrid, rowsOnShow } from './pictureGrid.ts';
import { checkReport } from './report/checkReport.ts';
import type { ReportCurve } from './report/curves.ts';
import type { Cell } from './report/html.ts';
import { type Report, reportHtml } from './report/report.ts';

export function reportFile(): ExportedFile {
  const info = model();
  if (!info)
    throw new UserError('The report needs the model, which is still opening; try again in a moment.');
  const session = useSession.getState();
  const plan = currentPlan();
  const report = reportOf(plan, info, session);
  const html = reportHtml(report);
  return {
    name: `${planHash(plan).slice(0, 8)}-report.html`,
    blob: new Blob([html], { type: 'text/html' }),
    maxDeviation: null,
    inputs: 0,
    checked: checkReport(html, report),
  };
}

export function reportOf(plan: Plan, info: ModelInfo, session: SessionState): Report {
  const hash = planHash(plan);
  const curves = session.run?.planHash === hash ? session.curves : new Map();
  const slots = slotEntries(plan);
  const grafted = slots.length === 0 ? 'as it was pretrained' : `${slots.length} of its slots grafted`;
  return {
    title: `${info.label}, ${grafted}`,
    summary: `Plan ${hash}, on a diffusion transformer of depth ${info.config.depth} and width ${info.config.width}. ${stateOf(session, hash, slots.length)}`,
    plan,
    costs: costRows(baseCost(info.config), planCost(info.config, plan)),
    slots: slots.map(([slot, held]) => slotRow(info, slot, held, session.summaries[hash]?.slots)),
    stage1: curvesOf(curves, (series) => series !== 'stage2'),
    stage2: curvesOf(curves, (series) => series === 'stage2'),
    results: resultRows(session, hash),
    pictures: pictureRows(session, hash),
    provenance: provenanceRows(plan, info, session),
  };
}

function stateOf({ summaries }: SessionState, hash: string, slots: number): string {
  if (slots === 0) return 'Nothing is grafted.';
  const summary = summaries[hash];
  if (!summary) return 'It has not been grafted: there are no curves and no results yet.';
  return summary.state === 'finished' ? 'The graft is finished.' : `The graft was ${summary.state}.`;
}

function costRows(base: Cost, graft: Cost): (readonly Cell[])[] {
  const row = (name: string, was: number, is: number) => [name, was, is, change(is, was)];
  return [
    row('parameters', base.parameters, graft.parameters),
    row('multiply-adds', base.macs, graft.macs),
    row('bytes moved', base.bytes, graft.bytes),
  ];
}

function change(is: number, was: number): string {
  const percent = (is / was - 1) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`.replace('-', '−');
}

function slotRow(
  { config: shape }: ModelInfo,
  slot: SlotId,
  held: SlotPlan,
  progress: readonly SlotProgress[] | undefined,
): readonly Cell[] {
  const [was, is] = [teacherCost(shape, slot), slotCost(shape, slot, held)];
  const told = progress?.find((candidate) => candidate.slot === slot);
  const before = told?.chosen ? told.initial[told.chosen] : undefined;
  return [
    slotLabel(slot),
    operatorById(held.operator).label,
    Object.entries(held.config)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    is.parameters,
    change(is.parameters, was.parameters),
    is.macs,
    change(is.macs, was.macs),
    told?.chosen ?? held.initialisation,
    before ?? null,
    told?.bestError ?? null,
  ];
}

function curvesOf(
  curves: Curves,
  wanted: (series: ReportCurve['points'][number]['series']) => boolean,
): ReportCurve[] {
  return [...curves.values()]
    .filter(({ series, points }) => wanted(series) && points.length > 1)
    .map(({ series, points }) => ({
      label: series === 'stage2' ? 'whole model' : slotLabel(series),
      points,
    }));
}

function resultRows({ summaries, measurements, distances }: SessionState, hash: string): (readonly Cell[])[] {
  const summary = summaries[hash];
  const distance = distances[hash];
  const measured = measurements[hash];
  const rows: (readonly Cell[])[] = [];
  if (distance)
    rows.push([`FD (Fashion-MNIST CNN), ${distance.samples} images`, distance.base, distance.graft]);
  else if (summary?.distanceGraft != null)
    rows.push([
      `FD (Fashion-MNIST CNN), ${summary.distanceSamples ?? '?'} images`,
      summary.distanceBase,
      summary.distanceGraft,
    ]);
  if (measured) rows.push([`forward pass, batch ${measured.batch}, ms`, measured.baseMs, measured.graftMs]);
  if (summary) {
    rows.push(['held-out loss after stage 1', null, summary.heldOutLoss.afterStage1]);
    rows.push(['lowest held-out loss of stage 2', null, summary.heldOutLoss.best]);
    rows.push(['training, seconds', null, Math.round(summary.seconds)]);
    const share = summary.flopsShare;
    if (share !== null)
      rows.push(['training compute, of pretraining', null, `${(100 * share).toPrecision(2)} %`]);
  }
  return rows;
}

function pictureRows({ strips }: SessionState, hash: string): Report['pictures'] {
  return rowsOnShow(strips, hash).map((row) => {
    const { seed, guidance, steps, sampler } = row.strip.job;
    const who = row.which === 'base' ? 'Original' : `Graft, ${row.strip.weights ?? 'unknown'} weights`;
    return {
      caption: `${who}: seeds from ${seed}, guidance ${guidance}, ${steps} ${sampler.toUpperCase()} steps`,
      bytes: encodePng(pictureGrid([row])),
    };
  });
}

function provenanceRows(plan: Plan, info: ModelInfo, { strips }: SessionState): (readonly Cell[])[] {
  return [
    ['plan', planHash(plan)],
    ['base model', `${info.id} (${info.label})`],
    ['seed of the graft', String(plan.seed)],
    ['seed of the pictures', strips.base ? String(strips.base.job.seed) : null],
    ['stage 1', JSON.stringify(plan.stage1)],
    ['stage 2', JSON.stringify(plan.stage2)],
    ['program', `Scion ${version}`],
    ['engine', info.engine],
    ['browser', typeof navigator === 'undefined' ? null : navigator.userAgent],
    ['processor threads', typeof navigator === 'undefined' ? null : navigator.hardwareConcurrency],
    ['written', new Date().toISOString()],
  ];
}
