// Small graphs as rows: each node one row below the lowest of those it reads, in a stable order. O(nodes + edges).
export interface Wire {
  readonly from: string;
  readonly to: string;
}

export interface Cell {
  readonly id: string;
  readonly row: number;
  /** Place among the nodes of its row, and how many these are. */
  readonly place: number;
  readonly of: number;
}

/** Nodes are given in an order in which each follows what it reads, as graphs list them. */
export function layered(ids: readonly string[], wires: readonly Wire[]): Cell[] {
  const rows = rowsOf(ids, wires);
  const byRow = new Map<number, string[]>();
  for (const id of ids) {
    const row = rows.get(id) ?? 0;
    byRow.set(row, [...(byRow.get(row) ?? []), id]);
  }
  const places = new Map<string, number>();
  const cells: Cell[] = [];
  for (const [row, members] of [...byRow].sort(([a], [b]) => a - b)) {
    const ordered = byReaders(members, wires, places);
    ordered.forEach((id, place) => {
      places.set(id, (place + 0.5) / ordered.length);
      cells.push({ id, row, place, of: ordered.length });
    });
  }
  return cells;
}

/** Longest path from a source; what reads one node or none sinks to right above the first that reads it. */
function rowsOf(ids: readonly string[], wires: readonly Wire[]): Map<string, number> {
  const into = group(wires, (wire) => wire.to);
  const outOf = group(wires, (wire) => wire.from);
  const rows = new Map<string, number>();
  for (const id of ids) {
    const above = (into.get(id) ?? []).map((wire) => rows.get(wire.from) ?? 0);
    rows.set(id, above.length === 0 ? 0 : Math.max(...above) + 1);
  }
  for (const id of [...ids].reverse()) {
    if ((into.get(id)?.length ?? 0) > 1) continue;
    const below = (outOf.get(id) ?? []).map((wire) => rows.get(wire.to) ?? 1);
    if (below.length > 0) rows.set(id, Math.max(0, Math.min(...below) - 1));
  }
  return rows;
}

/** Members of a row by the mean place of what they read, so that wires cross little. */
function byReaders(
  members: readonly string[],
  wires: readonly Wire[],
  places: ReadonlyMap<string, number>,
): string[] {
  const into = group(wires, (wire) => wire.to);
  const mean = (id: string) => {
    const known = (into.get(id) ?? []).flatMap((wire) => places.get(wire.from) ?? []);
    return known.length === 0 ? 0.5 : known.reduce((sum, place) => sum + place, 0) / known.length;
  };
  return [...members].sort((a, b) => mean(a) - mean(b));
}

function group(wires: readonly Wire[], key: (wire: Wire) => string): Map<string, Wire[]> {
  const groups = new Map<string, Wire[]>();
  for (const wire of wires) {
    const list = groups.get(key(wire));
    if (list) list.push(wire);
    else groups.set(key(wire), [wire]);
  }
  return groups;
}
