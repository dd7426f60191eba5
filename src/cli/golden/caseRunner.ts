// What runs one kind of golden case, and how its results are collected.
import type { Engine } from '../../engine/engine.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { type Check, compare, failed } from './compare.ts';
import type { GoldenCase } from './goldenCase.ts';
import type { Manifest, Tolerance } from './manifest.ts';

export interface CaseRunner {
  /** `engine` where graphs are run, `host` where everything is plain code. */
  readonly runsOn: 'engine' | 'host';
  /** By what the manifest holds, not by the case's name: other sets name their cases as they like. */
  recognises(manifest: Manifest): boolean;
  run(golden: GoldenCase, lab: Lab): Promise<void>;
}

export interface Lab {
  readonly engine: Engine;
  readonly checks: Checks;
}

/** Collects the comparisons of one case, by the tensors' names in the manifest. */
export class Checks {
  readonly #golden: GoldenCase;
  readonly #factor: number;
  readonly #done = new Map<string, Check>();
  /** Keys of the manifest that something was held against. */
  readonly #seen = new Set<string>();

  constructor(golden: GoldenCase, factor: number) {
    this.#golden = golden;
    this.#factor = factor;
  }

  /**
   * @param rule in place of the manifest's, the same on every engine
   * @param label for results that share one golden tensor
   */
  add(key: string, got: ArrayLike<number>, rule?: Tolerance, label = key): void {
    const want = this.#golden.tensor(key);
    const wanted = rule ?? this.#golden.manifest.tensors.get(key) ?? {};
    const factor = rule ? 1 : this.#factor;
    this.#seen.add(key);
    this.#done.set(label, compare(label, got, want, withoutKeyBias(key, want.shape, wanted), factor));
  }

  /** A number or a list that stands in the manifest, not in a tensor file. */
  addValues(name: string, got: ArrayLike<number>, want: readonly number[], rule: Tolerance): void {
    this.#done.set(name, compare(name, got, { shape: [want.length], data: want }, rule));
  }

  /** Facts that have no tolerance: a shape, a count, a text. */
  addEqual(name: string, got: unknown, want: unknown): void {
    const [shown, wanted] = [canonicalJson(got), canonicalJson(want)];
    if (shown === wanted) this.addValues(name, [0], [0], {});
    else this.fail(name, `${shown}, expected ${wanted}`);
  }

  fail(name: string, problem: string): void {
    this.#done.set(name, failed(name, problem));
  }

  /** All comparisons. A tensor with a tolerance that nobody computed is a failure, so nothing passes by being skipped. */
  all(): readonly Check[] {
    for (const [key, { atol, atolPerStep }] of this.#golden.manifest.tensors) {
      const isResult = atol !== undefined || atolPerStep !== undefined;
      if (isResult && !this.#seen.has(key)) this.fail(key, 'nothing was computed for it');
    }
    return [...this.#done.values()];
  }
}

/** Keys of the manifest that begin so, without the prefix. */
export function namesBelow(manifest: Manifest, prefix: string): string[] {
  return [...manifest.tensors.keys()].flatMap((key) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
  );
}

/**
 * The first trap of the set's README: softmax ignores a shift that all keys share, so the key third of every qkv bias
 * has a true gradient of zero; what the files hold there, and all that AdamW makes of it, is rounding noise.
 */
function withoutKeyBias(key: string, shape: readonly number[], rule: Tolerance): Tolerance {
  if (rule.rows || !/(^|[./ ])W?qkv\.bias$/.test(key)) return rule;
  const third = (shape[0] ?? 0) / 3;
  return {
    ...rule,
    rows: [
      [0, third],
      [2 * third, 3 * third],
    ],
  };
}
