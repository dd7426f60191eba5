// What a test asks of the worker that runs the checks.

export type CheckDevice = 'reference' | 'auto' | 'wasm' | 'webgpu';

/** Folders of src/cli/golden-data. */
export type GoldenSet = 'dit' | 'micro';

export type CheckRequest =
  /** → OpenReply, or null where the browser offers no WebGPU adapter. */
  | { readonly kind: 'open'; readonly device: CheckDevice; readonly threads: number }
  /** → PrimitiveResult[] */
  | { readonly kind: 'primitives' }
  /** → losses */
  | { readonly kind: 'trajectory'; readonly steps: number }
  /** Goes on with one training of a small DiT. → bytes of all WebAssembly memories */
  | { readonly kind: 'longRun'; readonly steps: number }
  /** → names of the cases in a committed golden set, in their order */
  | { readonly kind: 'goldenCases'; readonly set: GoldenSet }
  /** Runs one golden case on the open engine. → CaseResult */
  | { readonly kind: 'golden'; readonly set: GoldenSet; readonly name: string }
  /** Destroys the GPU device during a run. → code and sentence of the error */
  | { readonly kind: 'loseDevice' };

export interface OpenReply {
  readonly description: string;
  readonly parallel: boolean;
  readonly note: string | null;
  readonly remark: string | null;
}

export type Answer = { readonly result: unknown } | { readonly failure: string };
