// A report on a plan as one HTML file that needs nothing else: curves, pictures, costs, errors and provenance.
import type { Plan } from '../../../plan/plan.ts';
import { curvesSvg, type ReportCurve } from './curves.ts';
import { type Cell, escapeHtml, table } from './html.ts';
import { reportStyle } from './style.ts';

export interface Report {
  readonly title: string;
  /** One sentence below the title. */
  readonly summary: string;
  readonly plan: Plan;
  readonly costs: readonly (readonly Cell[])[];
  /** Rows of slots: what stands there, its costs, its errors. */
  readonly slots: readonly (readonly Cell[])[];
  readonly stage1: readonly ReportCurve[];
  readonly stage2: readonly ReportCurve[];
  readonly results: readonly (readonly Cell[])[];
  readonly pictures: readonly ReportPicture[];
  readonly provenance: readonly (readonly Cell[])[];
}

export interface ReportPicture {
  readonly caption: string;
  /** A PNG file. */
  readonly bytes: Uint8Array;
}

/** Id of the element that holds the plan as JSON. */
export const planElement = 'scion-plan';

export function reportHtml(report: Report): string {
  const { title, summary, plan, costs, slots, stage1, stage2, results, pictures, provenance } = report;
  const sections = [
    section('Results', results.length > 0 ? table(['', 'original', 'graft'], results) : ''),
    section('Cost', table(['per image', 'original', 'graft', 'change'], costs)),
    section('Pictures', pictures.map(pictureHtml).join('\n')),
    section('Slots', slots.length > 0 ? table(slotHeads, slots) : ''),
    section('Stage 1, activation distillation', curvesSvg(stage1)),
    section('Stage 2, fine-tuning', curvesSvg(stage2)),
    section('Provenance', table(['', ''], provenance)),
    section('Plan', `<pre>${escapeHtml(JSON.stringify(plan, null, 2))}</pre>`),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(summary)}</p>
${sections.join('\n')}
</main>
<script type="application/json" id="${planElement}">${JSON.stringify(plan).replaceAll('<', '\\u003c')}</script>
</body>
</html>
`;
}

export const slotHeads = [
  'slot',
  'operator',
  'configuration',
  'parameters',
  'of original',
  'MACs',
  'of original',
  'start',
  'error before',
  'error after stage 1',
];

/** A section without content is left out. */
function section(heading: string, content: string): string {
  return content === '' ? '' : `<section><h2>${escapeHtml(heading)}</h2>\n${content}\n</section>`;
}

function pictureHtml({ caption, bytes }: ReportPicture): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = escapeHtml(caption);
  return `<figure class="picture"><img alt="${text}" src="data:image/png;base64,${btoa(binary)}"><figcaption>${text}</figcaption></figure>`;
}
