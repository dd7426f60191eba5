// The inputs of a graph that holds a translator: pictures, text, and its weights by their names below `w/`.
import type { Feeds } from '../../engine/engine.ts';
import { input, type Node } from '../../graph/index.ts';
import { known } from '../../lib/errors.ts';
import { adapterLayout, frozenDownShapes } from './adapter.ts';
import type { TranslatorConfig } from './configuration.ts';
import { baseShapes, statisticsShapes } from './shape.ts';
import type { TrainedPart } from './trainer.ts';

export interface TranslatorInputs {
  readonly source: Node;
  readonly text: Node;
  /** Makes an input of every weight that is asked for. */
  readonly weight: (name: string) => Node;
}

export function translatorInputs(spec: {
  readonly config: TranslatorConfig;
  readonly part: TrainedPart;
  readonly batch: number;
  readonly tokens: number;
}): TranslatorInputs {
  const { config, part, batch, tokens } = spec;
  const adapter = part === 'everything' ? [] : adapterLayout(config).entries;
  const lead = part === 'together' ? [batch] : [];
  const shapes = new Map([
    ...baseShapes(config.shape),
    ...statisticsShapes(config.shape),
    ...frozenDownShapes(config),
    ...adapter.map(({ name, shape }) => [name, [...lead, ...shape]] as const),
  ]);
  const nodes = new Map<string, Node>();
  return {
    source: input('source', [batch, 3, config.side, config.side]),
    text: input('text', [batch, tokens, config.shape.context]),
    weight(name) {
      const node = nodes.get(name) ?? input(`w/${name}`, known(shapes.get(name), name));
      nodes.set(name, node);
      return node;
    },
  };
}

export function prefixed(weights: Feeds): Feeds {
  return Object.fromEntries(Object.entries(weights).map(([name, feed]) => [`w/${name}`, feed]));
}
