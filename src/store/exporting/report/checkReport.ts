// Proof of a report: read again as a file, it holds its plan and its pictures, and asks for nothing from elsewhere.
import { decodePng } from '../../../formats/png.ts';
import { assert } from '../../../lib/errors.ts';
import { planHash } from '../../../plan/hash.ts';
import { parsePlanText } from '../../../plan/validate.ts';
import { planElement, type Report } from './report.ts';

/** One sentence on what was checked. */
export function checkReport(html: string, report: Report): string {
  const plan = new RegExp(`id="${planElement}">(.*?)</script>`).exec(html)?.[1] ?? '';
  assert(
    planHash(parsePlanText(plan)) === planHash(report.plan),
    () => 'the report reads back with another plan',
  );
  const pictures = [...html.matchAll(/src="data:image\/png;base64,([^"]*)"/g)];
  for (const [index, [, base64 = '']] of pictures.entries()) {
    decodePng(
      Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
      `picture ${index + 1} of the report`,
    );
  }
  assert(pictures.length === report.pictures.length, () => `the report has ${pictures.length} pictures`);
  // Texts are escaped, so that a tag or an attribute is the report's own.
  const elsewhere = html.match(/<(link|iframe|object|embed)\b|\s(src|href)="(?!data:)|url\(|@import/g) ?? [];
  assert(elsewhere.length === 0, () => `the report loads ${elsewhere[0]}`);
  const curves = (html.match(/<svg /g) ?? []).length;
  return `Read again: the plan inside has the same hash, ${count(pictures.length, 'picture')} and ${count(curves, 'curve')} are in the file, and nothing is loaded from elsewhere.`;
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
