// What an engine is: it compiles graphs and keeps tensors on its device. Choosing one is data, never an `if` in a model.
import type { Graph } from '../graph/graph.ts';
import type { DType, Shape, Tensor } from '../lib/tensor.ts';

export type EngineId = 'reference' | 'onnx' | 'webgpu';

/** A tensor that lives on the engine's device until it is disposed of. */
export interface DeviceTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Copies the values to host memory. */
  read(): Promise<Tensor>;
  dispose(): void;
}

export type Feed = Tensor | DeviceTensor;
export type Feeds = Readonly<Record<string, Feed>>;

/** A compiled graph. Feeds are not consumed; the caller disposes of every output it received. */
export interface Program {
  /**
   * @param into device tensors of the same shape to be overwritten by the outputs of these names. They must not be
   *   among the feeds. Loops use it to ping-pong their state without allocating.
   */
  run(feeds: Feeds, into?: Readonly<Record<string, DeviceTensor>>): Promise<Record<string, DeviceTensor>>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly id: EngineId;
  /** One line for people: runtime, device, threads. */
  readonly description: string;
  compile(graph: Graph): Promise<Program>;
  upload(tensor: Tensor): DeviceTensor;
  dispose(): Promise<void>;
}

export function isDeviceTensor(feed: Feed): feed is DeviceTensor {
  return 'read' in feed;
}
