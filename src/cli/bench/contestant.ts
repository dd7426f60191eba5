// What the benchmark asks of a runtime, wherever it runs: a child process, or a worker of a page.

/** `wasm` and `webgpu` are Scion's engine in Chromium, `native` the same on Node, `jax` the peer. */
export type ContestantName = 'native' | 'wasm' | 'webgpu' | 'jax';

/** One request at a time; each is answered by a ContestantReply. */
export type ContestantRequest =
  | { readonly kind: 'open'; readonly name: ContestantName; readonly batch: number; readonly threads: number }
  | { readonly kind: 'steps'; readonly count: number }
  | { readonly kind: 'operators' }
  /** What WebGPU the browser offers. */
  | { readonly kind: 'adapter' }
  | { readonly kind: 'peak' };

export interface Opened {
  readonly description: string;
  /** From nothing loaded to the end of the first step. */
  readonly firstStepMs: number;
}

export interface Steps {
  readonly ms: readonly number[];
  /** Of the first of them. */
  readonly loss: number;
}

/** Forward pass of one operator in a slot of the benchmark's DiT, one image. */
export interface OperatorTime {
  readonly operator: string;
  readonly config: string;
  readonly tokens: number;
  readonly ms: number;
}

export interface ContestantReplies {
  readonly open: Opened;
  readonly steps: Steps;
  readonly operators: readonly OperatorTime[];
  readonly adapter: 'hardware' | 'software' | 'none';
  /** Bytes, the most that were held at a time. */
  readonly peak: number;
}

export type ContestantReply = { readonly result: unknown } | { readonly failure: string };

/** Asks a contestant and waits for the answer. */
export type Ask = <K extends ContestantRequest['kind']>(
  request: Extract<ContestantRequest, { kind: K }>,
) => Promise<ContestantReplies[K]>;
