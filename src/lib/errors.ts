// The few error classes of the program. A message is one sentence: what, where, got, wanted, what to do.

/** Shown to the person as is. `action` names what the interface may offer beside the sentence. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly action: string | undefined;
  constructor(message: string, options?: { cause?: unknown; action?: string }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.action = options?.action;
  }
}

/** A file could not be read: damaged, of another kind, hostile, or of another model. */
export class FileError extends UserError {
  override readonly name = 'FileError';
}

/** Shapes or dtypes do not fit; the message names the operation, its inputs and the scope path. */
export class ShapeError extends UserError {
  override readonly name = 'ShapeError';
}

/** The device or its runtime gave up. `code` tells which way, so that the caller can offer the right action. */
export class DeviceError extends UserError {
  override readonly name = 'DeviceError';
  readonly code: 'no-webgpu' | 'device-lost' | 'out-of-memory' | 'runtime';
  constructor(code: DeviceError['code'], message: string, options?: { cause?: unknown; action?: string }) {
    super(message, options);
    this.code = code;
  }
}

/** For bugs, not for bad input: throws where our own reasoning is wrong. */
export function assert(condition: unknown, text: () => string): asserts condition {
  if (!condition) throw new Error(`Bug: ${text()}`);
}

/** The value, or a bug report where our own reasoning says that it is there. */
export function known<T>(value: T | undefined | null, what: string): T {
  assert(value !== undefined && value !== null, () => `${what} is missing`);
  return value;
}

/** One sentence for any thrown value. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
