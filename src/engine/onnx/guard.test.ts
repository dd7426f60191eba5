import { describe, expect, it } from 'vitest';
import { guardOf } from './guard.ts';

describe('guardOf', () => {
  it('gives up work that waits for a lost device, and refuses work after that', async () => {
    let lose: (reason: string) => void = () => {};
    const guarded = guardOf(
      new Promise((resolve) => {
        lose = resolve;
      }),
    );
    expect(await guarded('add', async () => 3)).toBe(3);
    const waiting = guarded('run this graph', () => new Promise(() => {}));
    lose('driver reset');
    const sentence = 'The GPU was reset while Scion computed; what was saved is safe.';
    await expect(waiting).rejects.toMatchObject({ code: 'device-lost', message: sentence });
    await expect(guarded('run this graph', async () => 3)).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('passes on what the runtime said, in one line', async () => {
    const failing = guardOf(undefined)('run this graph', async () => {
      throw new Error('shape mismatch\n  at node 7');
    });
    await expect(failing).rejects.toThrow('ONNX Runtime could not run this graph: shape mismatch');
  });
});
