// One tab a project: a Web Lock that is held while the project is open. Browsers without locks get no protection.

/** Resolves to what lets go of the project, or to null when another tab holds it. */
export type HoldProject = (id: string) => Promise<(() => void) | null>;

/** A page that is being reloaded needs a moment to let go. */
const patienceMs = 600;

export const holdProject: HoldProject = (id) => {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    navigator.locks
      .request(`scion-project-${id}`, { signal: AbortSignal.timeout(patienceMs) }, () => {
        return new Promise<void>((letGo) => resolve(letGo));
      })
      .catch(() => resolve(null));
  });
};
