// Runs graphs of golden cases: weights and inputs are fed, never baked in.
import type { Engine, Feeds } from '../../engine/engine.ts';
import { graphOf, input, mean, mul, type Node } from '../../graph/index.ts';
import { FileError, known } from '../../lib/errors.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { type DitInputs, timeCodeWidth } from '../../models/dit.ts';
import { timestepCode } from '../../models/timestepCode.ts';

/** Compiles, runs once and reads every output. */
export async function compute(
  engine: Engine,
  outputs: Readonly<Record<string, Node>>,
  feeds: Feeds,
): Promise<Record<string, Tensor>> {
  const program = await engine.compile(graphOf(outputs));
  try {
    const results = await program.run(feeds);
    const read: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      read[name] = await result.read();
      result.dispose();
    }
    return read;
  } finally {
    await program.dispose();
  }
}

/** Named tensors as graph inputs, made when they are asked for. */
export class FedTensors {
  readonly #prefix: string;
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #nodes = new Map<string, Node>();

  /** @param prefix keeps the input names of several groups apart */
  constructor(prefix: string, tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>) {
    this.#prefix = prefix;
    this.#tensors = tensors instanceof Map ? tensors : new Map(Object.entries(tensors));
  }

  readonly node = (name: string): Node => {
    const made = this.#nodes.get(name);
    if (made) return made;
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new FileError(`The case's files hold no tensor ${this.#prefix}${name}.`);
    const node = input(`${this.#prefix}${name}`, tensor.shape, tensor.dtype);
    this.#nodes.set(name, node);
    return node;
  };

  /** What to feed for the nodes made so far. */
  get feeds(): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.#nodes.keys()].map((name) => [`${this.#prefix}${name}`, known(this.#tensors.get(name), name)]),
    );
  }
}

/** mean(y · cotangent), the loss of every case that states no other. */
export function meanProduct(y: Node, cotangent: Node): Node {
  return mean(mul(y, cotangent));
}

/** Inputs of a DiT for tensors x, t and y; the timestep code is made on the host (the set's third trap). */
export function ditInputs(tensors: { readonly x: Tensor; readonly t: Tensor; readonly y: Tensor }): {
  readonly inputs: DitInputs;
  readonly feeds: Record<string, Tensor>;
} {
  const { x, t, y } = tensors;
  const timeCode = codeOf(t.data);
  return {
    inputs: {
      x: input('x', x.shape),
      timeCode: input('timeCode', timeCode.shape),
      y: input('y', y.shape, 'i32'),
    },
    feeds: { x, timeCode, y },
  };
}

/** The timestep code [B, 256]. */
export function codeOf(t: ArrayLike<number>): Tensor {
  return { dtype: 'f32', shape: [t.length, timeCodeWidth], data: timestepCode(t, timeCodeWidth) };
}
