// What a test asks of the worker that runs the checks.

export type CheckDevice = 'reference' | 'auto' | 'wasm' | 'webgpu';

export type CheckRequest =
  /** → OpenReply, or null where the browser offers no WebGPU adapter. */
  | { readonly kind: 'open'; readonly device: CheckDevice; readonly threads: number }
  /** → PrimitiveResult[] */
  | { readonly kind: 'primitives' }
  /** → losses */
  | { readonly kind: 'trajectory'; readonly steps: number }
  /** Goes on with one training of a small DiT. → bytes of all WebAssembly memories */
  | { readonly kind: 'longRun'; readonly steps: number }
  /** Destroys the GPU device during a run. → code and sentence of the error */
  | { readonly kind: 'loseDevice' };

export interface OpenReply {
  readonly description: string;
  readonly parallel: boolean;
  readonly note: string | null;
}

export type Answer = { readonly result: unknown } | { readonly failure: string };
