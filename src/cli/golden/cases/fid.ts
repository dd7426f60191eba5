// fid: Fréchet distances between Gaussians, given or measured from raw features, in float64 on the host.
import { FileError } from '../../../lib/errors.ts';
import { featureStatistics } from '../../../metrics/featureStatistics.ts';
import { frechetDistance, traceOfRoot } from '../../../metrics/frechet.ts';
import { isRecord } from '../../../plan/reading.ts';
import type { CaseRunner } from '../caseRunner.ts';
import type { GoldenCase } from '../goldenCase.ts';

type Gaussian = Parameters<typeof frechetDistance>[0];

export const fidCase: CaseRunner = {
  runsOn: 'host',
  recognises: ({ scalars }) => Object.values(scalars).some((value) => isRecord(value) && 'fid' in value),
  async run(golden, { checks }) {
    for (const set of rawSets(golden)) {
      const { mean, covariance } = rawStatistics(golden, set);
      checks.add(`raw/${set}/mean`, mean);
      checks.add(`raw/${set}/cov`, covariance);
    }
    for (const [pair, expected] of Object.entries(golden.manifest.scalars)) {
      if (!isRecord(expected)) continue;
      const [a, b] = gaussians(golden, pair);
      const got: Record<string, number> = {
        fid: frechetDistance(a, b),
        trace_sqrt: traceOfRoot(a, b),
        fid_arguments_swapped: frechetDistance(b, a),
      };
      const names = Object.keys(got).filter((name) => name in expected);
      checks.addValues(
        pair,
        names.map((name) => got[name] ?? Number.NaN),
        names.map((name) => Number(expected[name])),
        { atol: Number(expected.atol) },
      );
    }
  },
};

function rawSets(golden: GoldenCase): string[] {
  return [...golden.manifest.tensors.keys()].flatMap((key) => /^raw\/(.+)\/features$/.exec(key)?.[1] ?? []);
}

function rawStatistics(golden: GoldenCase, set: string) {
  const { shape, data } = golden.tensor(`raw/${set}/features`);
  const [count = 0, dim = 0] = shape;
  return featureStatistics(Float64Array.from(data), count, dim);
}

/** `raw_f1_f2` names two feature sets, anything else two given Gaussians. */
function gaussians(golden: GoldenCase, pair: string): [Gaussian, Gaussian] {
  if (golden.find(`${pair}/mu1`)) return [given(golden, pair, 1), given(golden, pair, 2)];
  const sets = rawSets(golden);
  for (const first of sets) {
    for (const second of sets) {
      if (pair === `raw_${first}_${second}`)
        return [rawStatistics(golden, first), rawStatistics(golden, second)];
    }
  }
  throw new FileError(
    `${golden.manifest.path} lists the pair ${pair}, but its file holds neither means nor features of it.`,
  );
}

function given(golden: GoldenCase, pair: string, which: 1 | 2): Gaussian {
  const mean = Float64Array.from(golden.tensor(`${pair}/mu${which}`).data);
  return { dim: mean.length, mean, covariance: Float64Array.from(golden.tensor(`${pair}/cov${which}`).data) };
}
