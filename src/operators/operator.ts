// What an operator is: one record that knows its shapes, its maths and its words, and nothing of editors or engines.
import type { Node } from '../graph/graph.ts';
import type { Shape, Tensor } from '../lib/tensor.ts';
import type { Initialisation, OperatorConfig, SlotKind } from '../plan/plan.ts';

/** Where an operator stands: the facts of the slot that its shapes depend on. */
export interface SlotSite {
  readonly kind: SlotKind;
  /** Model width D. */
  readonly width: number;
  /** Tokens N, in raster order. */
  readonly tokens: number;
  /** Rows and columns of the token grid; rows·columns = N. */
  readonly grid: readonly [number, number];
  /** Heads of the teacher's attention. */
  readonly heads: number;
  /** Hidden width of the teacher's MLP over D. */
  readonly mlpRatio: number;
}

/** One setting of an operator. `choices` makes it a menu, otherwise it is a number in a range. */
export type ConfigField =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly label: string;
      readonly help: string;
      readonly min: number;
      readonly max: (site: SlotSite) => number;
      readonly step: number;
      /** Values offered as buttons; any other in the range can be typed. */
      readonly presets: readonly number[];
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      readonly help: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    };

/** How a parameter starts when nothing is inherited. `uniform` is ±bound; `identity` sets the last tap to one. */
export type ParameterInit =
  | { readonly kind: 'xavier' }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'identityTap' }
  | { readonly kind: 'mambaA' }
  | { readonly kind: 'mambaDt' };

export interface ParameterSpec {
  /** Name below the slot, as in a state dict: `qkv.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly init: ParameterInit;
}

export type Weights = Readonly<Record<string, Tensor>>;
/** A weight as a graph node, by its name below the slot. */
export type WeightNodes = (name: string) => Node;

/** What an operator may take over from the one it replaces. */
export interface Teacher {
  readonly weights: Weights;
  /** Mean absolute activation of the teacher MLP's hidden units over the sample, [hidden]; absent for attention. */
  readonly hiddenActivity?: Float64Array;
}

export interface Operator {
  /** Id in plans and files: the released code's name (`swa`, `hyena_x`, …). */
  readonly id: string;
  readonly kind: SlotKind;
  readonly label: string;
  /** One line on the palette chip. */
  readonly promise: string;
  /** Card text: what it computes, where it comes from, what to expect. Two to four sentences. */
  readonly card: string;
  /** The definition in one or two lines of plain mathematics. */
  readonly formula: string;
  readonly fields: readonly ConfigField[];
  defaults(site: SlotSite): OperatorConfig;
  /** A short description of the config for the slot: `window 4`, `ratio 3`. */
  summary(config: OperatorConfig, site: SlotSite): string;
  /** A sentence that says why this config cannot stand in this slot, or undefined. */
  problem(config: OperatorConfig, site: SlotSite): string | undefined;
  parameters(config: OperatorConfig, site: SlotSite): readonly ParameterSpec[];
  /** x [B, N, D] → y [B, N, D]. */
  apply(x: Node, weight: WeightNodes, config: OperatorConfig, site: SlotSite): Node;
  /** Does the output at token `query` depend on the input at token `key`? Absent where tokens are not mixed. */
  sees?(config: OperatorConfig, site: SlotSite): (query: number, key: number) => boolean;
  /** Name of the last linear layer (`proj`, `out_proj`, `fc2`), solved in closed form by the ridge initialisation. */
  readonly outputLayer: string;
  /** Input of the output layer: x [B, N, D] → h [B, N, width of `outputLayer`'s input]. */
  features(x: Node, weight: WeightNodes, config: OperatorConfig, site: SlotSite): Node;
  /** Weights taken over from the teacher's operator, or undefined where nothing fits. */
  inherit?(teacher: Teacher, config: OperatorConfig, site: SlotSite): Weights | undefined;
  /** Initialisations that apply, in the order they are shown. */
  initialisations(config: OperatorConfig, site: SlotSite): readonly Exclude<Initialisation, 'auto'>[];
}
