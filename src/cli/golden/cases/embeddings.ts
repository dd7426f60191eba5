// embeddings: the timestep code and the position code, tables that are made on the host.
import { FileError } from '../../../lib/errors.ts';
import { positionCode } from '../../../models/positionCode.ts';
import { timestepCode } from '../../../models/timestepCode.ts';
import type { CaseRunner } from '../caseRunner.ts';

export const embeddingsCase: CaseRunner = {
  runsOn: 'host',
  recognises: ({ tensors }) => tensors.has('timesteps'),
  async run(golden, { checks }) {
    const timesteps = golden.tensor('timesteps').data;
    for (const key of golden.manifest.tensors.keys()) {
      if (key === 'timesteps' || key.endsWith('/index')) continue;
      const time = /^timestep\/dim(\d+)(\/exact)?$/.exec(key);
      const position = /^pos_embed\/dim(\d+)_grid(\d+)(_rows)?$/.exec(key);
      if (time) {
        // The exact table is float64; ours rounds where the reference does, so it is held to that table's tolerance.
        const rounded = golden.manifest.tensors.get(key.replace(/\/exact$/, ''));
        checks.add(key, timestepCode(timesteps, Number(time[1])), rounded);
      } else if (position) {
        const [width, grid] = [Number(position[1]), Number(position[2])];
        const table = positionCode(width, grid);
        const rows = position[3] ? golden.tensor(`${key}/index`).data : undefined;
        checks.add(key, rows ? rowsOf(table, width, rows) : table);
      } else {
        throw new FileError(`${golden.manifest.path} lists the table ${key}, which this case does not have.`);
      }
    }
  },
};

function rowsOf(table: Float32Array, width: number, rows: ArrayLike<number>): Float32Array {
  const chosen = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    chosen.set(table.subarray(row * width, (row + 1) * width), i * width);
  }
  return chosen;
}
