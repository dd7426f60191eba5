// What to say when ONNX Runtime gives up, and noticing a lost device even where the runtime would wait for it for ever.
import { DeviceError, sentence } from '../../lib/errors.ts';

/** Does the work; whatever it throws, and the loss of the device meanwhile or before, becomes a DeviceError. */
export type Guard = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** @param lost resolves with the reason when the device is lost */
export function guardOf(lost: Promise<string> | undefined): Guard {
  let gone: DeviceError | undefined;
  // One listener for all runs: racing each run against `lost` would leave a listener per run behind.
  let abandon: ((error: DeviceError) => void) | undefined;
  lost?.then((reason) => {
    gone = deviceLost(reason);
    abandon?.(gone);
  });
  return async (what, work) => {
    if (gone) throw gone;
    try {
      return await new Promise((resolve, reject) => {
        abandon = reject;
        work().then(resolve, reject);
      });
    } catch (error) {
      throw gone ?? deviceError(what, error);
    } finally {
      abandon = undefined;
    }
  };
}

/** Says in one sentence which way the runtime gave up. */
export function deviceError(what: string, error: unknown): DeviceError {
  const text = sentence(error);
  if (/device (was |is )?lost|DXGI_ERROR_DEVICE|GPUDevice.*destroyed/i.test(text)) return deviceLost(error);
  if (/out of memory|bad_alloc|allocation failed|failed to allocate|exceeds the max/i.test(text)) {
    return new DeviceError(
      'out-of-memory',
      `There was not enough memory to ${what}; a smaller batch needs less.`,
      { cause: error, action: 'smallerBatch' },
    );
  }
  return new DeviceError('runtime', `ONNX Runtime could not ${what}: ${text.split('\n')[0]}`, {
    cause: error,
  });
}

function deviceLost(cause: unknown): DeviceError {
  return new DeviceError('device-lost', 'The GPU was reset while Scion computed; what was saved is safe.', {
    cause,
    action: 'resume',
  });
}
