// What the trainer needs of the place it runs in: the browser's worker, or a test.
import type { OnnxEngine } from '../../engine/onnx/onnxEngine.ts';
import type { RecordStore } from '../../storage/recordStore.ts';
import type { ReadFile } from '../../train/dataset.ts';
import type { EngineChoice } from '../protocol.ts';
import type { DrawnIntervals } from './paced.ts';
import type { NextTask } from './turns.ts';

export interface StartedEngine {
  readonly engine: OnnxEngine;
  /** True with WebAssembly threads or a GPU. */
  readonly parallel: boolean;
  /** A sentence for the person about what is wrong. */
  readonly note: string | null;
  /** Why this device computes; nothing is wrong. */
  readonly remark?: string | null;
}

export interface TrainerEnvironment {
  startEngine(choice: EngineChoice): Promise<StartedEngine>;
  /** Reads a file that ships with the program, by its path below the page. */
  readonly read: ReadFile;
  /** Where runs are kept; rejects where the browser refuses its file system. */
  openStore(): Promise<RecordStore>;
  readonly nextTask: NextTask;
  /** How often a page that draws is told of a run; where nobody draws, every step can be told. */
  readonly drawnIntervals?: DrawnIntervals;
  /** The runtime is beyond use: the page has to start another worker. */
  giveUp(error: unknown): void;
}
