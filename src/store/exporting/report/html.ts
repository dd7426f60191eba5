// Text in HTML: everything that comes from outside is escaped here.

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export type Cell = string | number | null;

/** A table whose cells are plain texts; the first column heads its row. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const head = heads.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell) => `<td>${escapeHtml(shown(cell ?? null))}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(shown(first ?? null))}</th>${cells}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function shown(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return 'not finite';
  return Number.isInteger(cell)
    ? cell.toLocaleString('en').replaceAll(',', ' ')
    : String(Number(cell.toPrecision(4)));
}
