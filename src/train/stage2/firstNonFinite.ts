// Where a training step went wrong: the first place of the model, in the order of computation, whose numbers are not
// finite. Looked for after the fact, on the weights and the batch of the bad step: one forward and one backward pass.
import type { Engine, Feeds } from '../../engine/engine.ts';
import { abs, add, type Graph, gradients, graphOf, input, type Node, reduceSum } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import type { DitTrace } from '../../models/dit.ts';
import type { SlotId } from '../../plan/plan.ts';
import { isSlotId, slotLabel } from '../../plan/slots.ts';
import { readAll } from '../graft/context.ts';
import { cut, type ParameterLayout } from '../parameters.ts';

export interface NonFinitePlace {
  /** `the gradient of block 7 attention`, for sentences. */
  readonly words: string;
  readonly slot: SlotId | null;
}

export interface ProbedLoss {
  /** Trained tensors; the graph's input `parameters` is their flat vector. */
  readonly layout: ParameterLayout;
  readonly loss: (own: (name: string) => Node) => { readonly loss: Node; readonly trace: DitTrace };
}

/** One place of the model, from the first to the last that data meets. */
interface Probe {
  readonly place: string;
  readonly kind: 'activation' | 'gradient';
  /** Sum of the magnitudes: finite only where all of them are. */
  readonly magnitude: Node;
}

/**
 * The first place whose activation is not finite; where all are, the first whose gradient is not, which on the way back
 * is the last that data meets. Null where everything is finite, as when the fault lay in a rounding of another program.
 */
export async function firstNonFinite(
  engine: Engine,
  probed: ProbedLoss,
  feeds: Feeds,
): Promise<NonFinitePlace | null> {
  const probes = probesOf(probed);
  const program = await engine.compile(graphOfProbes(probes));
  try {
    const sums = await readAll(await program.run(feeds));
    const isBad = (index: number) => !Number.isFinite(known(sums[String(index)], 'probe').data[0] ?? 0);
    const bad = probes.filter((_, index) => isBad(index));
    const first =
      bad.find(({ kind }) => kind === 'activation') ?? bad.filter(({ kind }) => kind === 'gradient').at(-1);
    return first ? described(first) : null;
  } finally {
    await program.dispose();
  }
}

function probesOf({ layout, loss }: ProbedLoss): Probe[] {
  const tensors = cut(layout, input('parameters', [layout.size]));
  const { loss: scalar, trace } = loss((name) => known(tensors.get(name), name));
  const slopes = gradients(scalar, [...tensors.values()]);
  const byPlace = new Map<string, Node[]>();
  layout.entries.forEach(({ name }, i) => {
    const place = placeOf(name);
    byPlace.set(place, [...(byPlace.get(place) ?? []), known(slopes[i], name)]);
  });
  return [
    ...activations(trace, scalar).map(
      ([place, values]): Probe => ({ place, kind: 'activation', magnitude: magnitude([values]) }),
    ),
    ...[...byPlace].map(
      ([place, values]): Probe => ({ place, kind: 'gradient', magnitude: magnitude(values) }),
    ),
  ];
}

function activations(trace: DitTrace, loss: Node): [string, Node][] {
  const places: [string, Node][] = [
    ['x_embedder', trace.patchTokens],
    ['t_embedder', trace.condition],
  ];
  trace.blocks.forEach((output, block) => {
    for (const part of ['attn', 'mlp'] as const) {
      const slot: SlotId = `blocks.${block}.${part}`;
      places.push([slot, known(trace.slots.get(slot), slot).output]);
    }
    places.push([`blocks.${block}`, output]);
  });
  return [...places, ['final_layer', trace.output], ['loss', loss]];
}

function magnitude(values: readonly Node[]): Node {
  return values.map((value) => reduceSum(abs(value))).reduce((sum, next) => add(sum, next));
}

function graphOfProbes(probes: readonly Probe[]): Graph {
  return graphOf(Object.fromEntries(probes.map(({ magnitude: sum }, index) => [String(index), sum])));
}

/** `blocks.3.attn` of `blocks.3.attn.qkv.weight`, `blocks.3` of its modulation, `final_layer` of the rest alike. */
function placeOf(weight: string): string {
  const [first = '', second, third] = weight.split('.');
  const slot = `${first}.${second}.${third}`;
  if (isSlotId(slot)) return slot;
  return first === 'blocks' ? `${first}.${second}` : first;
}

const names: Readonly<Record<string, string>> = {
  x_embedder: 'the patch embedding',
  t_embedder: 'the conditioning',
  y_embedder: 'the class embedding',
  final_layer: 'the final layer',
};

function described({ place, kind }: Probe): NonFinitePlace {
  if (isSlotId(place)) {
    const label = slotLabel(place);
    return { words: `the ${kind} of ${label[0]?.toLowerCase()}${label.slice(1)}`, slot: place };
  }
  if (place === 'loss') return { words: 'the loss itself', slot: null };
  return { words: `the ${kind} of ${names[place] ?? place.replace('blocks.', 'block ')}`, slot: null };
}
