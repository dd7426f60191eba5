// Runs every golden case of a folder on one engine. Free of Node, so that a page can run the same cases.
import type { Engine } from '../../engine/engine.ts';
import { FileError, sentence } from '../../lib/errors.ts';
import { Checks } from './caseRunner.ts';
import { caseRunners } from './cases/index.ts';
import type { Check } from './compare.ts';
import { findCases, folderOf } from './findCases.ts';
import { GoldenCase } from './goldenCase.ts';
import type { Manifest } from './manifest.ts';
import type { GoldenSource } from './source.ts';

/** Tolerances are multiplied by this for single-precision GPU code (README of the set, «Comparing»). */
const gpuFactor = 10;

export interface GoldenOptions {
  /** Runs only cases whose name contains this. */
  readonly only?: string;
}

export type CaseResult = {
  readonly name: string;
  readonly about: string;
  readonly manifest: string;
  readonly milliseconds: number;
} & (
  | {
      readonly outcome: 'passed' | 'failed';
      /** Where it was computed: the engine, or plain code. */
      readonly runsOn: Engine['id'] | 'host';
      readonly checks: readonly Check[];
    }
  /** The case could not be run to its end: a sentence that says why. */
  | { readonly outcome: 'failed'; readonly runsOn: Engine['id'] | 'host'; readonly problem: string }
  /** Nothing in Scion computes this yet. */
  | { readonly outcome: 'not built' }
);

/** @throws FileError when the folder holds no cases or its index does not fit */
export async function* runGolden(
  source: GoldenSource,
  engine: Engine,
  options: GoldenOptions = {},
): AsyncIterable<CaseResult> {
  const manifests = await findCases(source);
  const reader = caseReader(source, manifests);
  for (const manifest of manifests) {
    if (!manifest.name.includes(options.only ?? '')) continue;
    yield runCase(manifest, engine, reader);
  }
}

type CaseReader = (manifest: Manifest) => Promise<GoldenCase>;

async function runCase(manifest: Manifest, engine: Engine, read: CaseReader): Promise<CaseResult> {
  const start = performance.now();
  const facts = () => ({
    name: manifest.name,
    about: manifest.about,
    manifest: manifest.path,
    milliseconds: performance.now() - start,
  });
  const runner = caseRunners.find((candidate) => candidate.recognises(manifest));
  if (!runner) return { ...facts(), outcome: 'not built' };
  const runsOn = runner.runsOn === 'host' ? 'host' : engine.id;
  try {
    const golden = await read(manifest);
    const checks = new Checks(golden, engine.id === 'webgpu' && runner.runsOn === 'engine' ? gpuFactor : 1);
    await runner.run(golden, { engine, checks });
    const all = checks.all();
    const passed = all.length > 0 && all.every((check) => check.passed);
    return { ...facts(), outcome: passed ? 'passed' : 'failed', runsOn, checks: all };
  } catch (error) {
    return { ...facts(), outcome: 'failed', runsOn, problem: sentence(error) };
  }
}

/** Reads cases, and for cases that need another one's weights, that other case of the same set. */
function caseReader(source: GoldenSource, manifests: readonly Manifest[]): CaseReader {
  const read = (manifest: Manifest): Promise<GoldenCase> =>
    GoldenCase.read(source, manifest, async (name) => {
      const named = manifests.filter((candidate) => candidate.name === name);
      const folder = folderOf(manifest.path);
      const sibling = named.find(({ path }) => folderOf(path) === folder) ?? named[0];
      if (sibling) return read(sibling);
      throw new FileError(
        `${manifest.path} needs the weights of the case ${name}, which ${source.name} does not hold.`,
      );
    });
  return read;
}
