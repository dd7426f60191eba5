// weight_blocks, block_index_encoding and single_step_recovery: how weights become blocks and come back from noise.
import {
  type BlockGroup,
  blockGroups,
  blockLayout,
  blockMask,
  fromBlocks,
  toBlocks,
} from '../../../generator/blocks/blocks.ts';
import { denormalised, groupStatistics, normalised } from '../../../generator/blocks/normalise.ts';
import { indexCode } from '../../../generator/indexCode.ts';
import { recover, scaledLinearSchedule } from '../../../generator/recovery.ts';
import { FileError } from '../../../lib/errors.ts';
import type { CaseRunner } from '../caseRunner.ts';
import { largest } from '../compare.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { record } from '../manifest.ts';
import { shareOfLargest, tolerance } from '../microSet.ts';

export const blocksCase: CaseRunner = {
  runsOn: 'host',
  recognises: ({ tensors }) => tensors.has('out/blocks_normalised'),
  async run(golden, { engine, checks }) {
    const layout = blockLayout(groupsOf(golden), golden.number('b'));
    const names = layout.groups.flatMap(({ tensors }) => tensors.map(({ name }) => name));
    const weights = Object.fromEntries(names.map((name) => [name, golden.tensor(name)]));
    const blocks = toBlocks(layout, weights);
    const statistics = groupStatistics(layout, [blocks]);
    const scaled = normalised(layout, statistics, blocks);
    const share = (key: string, name: string) => shareOfLargest(golden, engine, key, tolerance(golden, name));
    checks.add('out/blocks', blocks, share('out/blocks', 'blocks'));
    checks.add('out/mask', blockMask(layout), share('out/mask', 'mask'));
    checks.add('out/mean', statistics.mean, share('out/mean', 'mean_std'));
    checks.add('out/std', statistics.std, share('out/std', 'mean_std'));
    checks.add('out/blocks_normalised', scaled, share('out/blocks_normalised', 'blocks_normalised'));
    checks.add('aux/block_group', blockGroups(layout));
    checks.addEqual('blocks', layout.count, golden.number('blocks'));
    // There and back again: exactly without the statistics, within a rounding with them.
    const [back, again] = [blocks, denormalised(layout, statistics, scaled)].map((all) =>
      fromBlocks(layout, all),
    );
    for (const name of names) {
      checks.addValues(
        `${name} from blocks`,
        back?.[name]?.data ?? [],
        Array.from(golden.tensor(name).data),
        {
          rtol: 0,
        },
      );
      checks.addValues(
        `${name} from normalised blocks`,
        again?.[name]?.data ?? [],
        Array.from(golden.tensor(name).data),
        { atol: 1e-6 * Math.max(...statistics.std, ...statistics.mean.map(Math.abs)) },
      );
    }
  },
};

function groupsOf(golden: GoldenCase): BlockGroup[] {
  const { groups } = golden.manifest.config;
  if (!Array.isArray(groups)) throw new FileError(`${golden.manifest.path} should list groups.`);
  return groups.map((entry: unknown) => {
    const { group, tensors } = record(entry);
    if (!Array.isArray(tensors)) throw new FileError(`${golden.manifest.path} has a group without tensors.`);
    return {
      name: String(group),
      tensors: tensors.map((tensor: unknown) => {
        const { name, shape } = record(tensor);
        return { name: String(name), shape: (shape as unknown[]).map(Number) };
      }),
    };
  });
}

export const indexCodeCase: CaseRunner = {
  runsOn: 'host',
  recognises: ({ tensors }) => tensors.has('in/n') && [...tensors.keys()].some((key) => /_d\d+$/.test(key)),
  async run(golden, { checks }) {
    const numbers = golden.tensor('in/n').data;
    for (const key of golden.manifest.tensors.keys()) {
      const [, layout, width] = /^out\/(interleaved|split)_d(\d+)$/.exec(key) ?? [];
      if (layout !== 'interleaved' && layout !== 'split') continue;
      checks.add(key, indexCode(numbers, Number(width), layout), {
        atol: tolerance(golden, 'output'),
        rtol: 0,
      });
    }
  },
};

export const recoveryCase: CaseRunner = {
  runsOn: 'host',
  recognises: ({ tensors }) => tensors.has('out/w0_hat') && tensors.has('out/alpha_table'),
  async run(golden, { checks }) {
    const schedule = scaledLinearSchedule(
      golden.number('T'),
      golden.number('beta_start'),
      golden.number('beta_end'),
    );
    const tables = { atol: tolerance(golden, 'tables'), rtol: 0 };
    checks.add('out/alpha_table', schedule.alpha, tables);
    checks.add('out/sigma_table', schedule.sigma, tables);
    const steps = Array.from(golden.tensor('in/t').data);
    const at = (table: Float64Array, row: number) => table[steps[row] ?? -1] ?? Number.NaN;
    const amplification = steps.map((_, row) => at(schedule.sigma, row) / at(schedule.alpha, row));
    checks.add('out/amplification', amplification, {
      atol: tolerance(golden, 'tables') * Math.max(...amplification),
      rtol: 0,
    });
    const rows = (key: string, row: number) => {
      const { data, shape } = golden.tensor(key);
      return data.slice(row * (shape[1] ?? 0), (row + 1) * (shape[1] ?? 0));
    };
    const noisy = steps.flatMap((_, row) => {
      const [w0, noise] = [rows('in/w0', row), rows('in/eps', row)];
      return Array.from(
        w0,
        (value, i) => at(schedule.alpha, row) * value + at(schedule.sigma, row) * (noise[i] ?? Number.NaN),
      );
    });
    checks.add('out/wt', noisy, {
      atol: tolerance(golden, 'output') * Math.max(1, largest(golden.tensor('out/wt').data)),
      rtol: 0,
    });
    for (const [key, estimate] of [
      ['out/w0_exact', 'in/eps'],
      ['out/w0_hat', 'in/eps_hat'],
    ] as const) {
      const recovered = steps.map((_, row) =>
        recover(
          'noise',
          rows('out/wt', row),
          rows(estimate, row),
          at(schedule.alpha, row),
          at(schedule.sigma, row),
        ),
      );
      const atolPerStep = steps.map(
        (_, row) =>
          tolerance(golden, 'output') *
          Math.max(1, amplification[row] ?? 1) *
          Math.max(1, largest(rows(key, row))),
      );
      checks.add(
        key,
        recovered.flatMap((row) => Array.from(row)),
        { atolPerStep, rtol: 0 },
      );
    }
  },
};
