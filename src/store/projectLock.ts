// One tab a project: a Web Lock that is held while the project is open. Browsers without locks get no protection.

export interface ProjectLocks {
  /** Resolves to what lets go of the project, or to null when another tab holds it. */
  hold(id: string): Promise<(() => void) | null>;
  /** Waits until the tab that holds the project lets go of it or is closed; the signal ends the wait. */
  wait(id: string, signal: AbortSignal): Promise<() => void>;
  /** Takes the project from a tab that does not answer; that tab is told by `lost`. */
  steal(id: string): Promise<() => void>;
  /** Called when another tab took the project from this one. */
  lost: (id: string) => void;
}

/** A page that is being reloaded needs a moment to let go. */
const patienceMs = 600;

const unprotected = Promise.resolve(() => undefined);

export function browserLocks(): ProjectLocks {
  const manager = typeof navigator === 'undefined' ? undefined : navigator.locks;
  const request = (id: string, options: LockOptions): Promise<() => void> => {
    if (!manager) return unprotected;
    let isHeld = false;
    return new Promise((resolve, reject) => {
      manager
        .request(`scion-project-${id}`, options, () => {
          isHeld = true;
          return new Promise<void>((letGo) => resolve(letGo));
        })
        .catch((error) => {
          if (isHeld) locks.lost(id);
          else reject(error);
        });
    });
  };
  const locks: ProjectLocks = {
    hold: (id) => request(id, { signal: AbortSignal.timeout(patienceMs) }).catch(() => null),
    wait: (id, signal) => request(id, { signal }),
    steal: (id) => request(id, { steal: true }),
    lost: () => undefined,
  };
  return locks;
}
