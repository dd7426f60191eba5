// What the generator and the translator read: a phrase as a few tokens. Any frozen encoder fits behind this.
export interface TextEncoder {
  readonly id: string;
  /** Tokens of every phrase, padded with zeros, and features of a token. */
  readonly tokens: number;
  readonly width: number;
  /** Encoders that run a net read phrases ahead; `encode` then only looks them up. Others have none. */
  prepare?(phrases: readonly string[]): Promise<void>;
  encode(phrase: string): Encoding;
}

export interface Encoding {
  /** [tokens, width]. */
  readonly values: Float32Array;
  /** Words that the encoder has never seen, each with the known words that are spelt most alike. */
  readonly unknown: readonly { readonly word: string; readonly near: readonly string[] }[];
  /** Words that were read. */
  readonly known: number;
}
