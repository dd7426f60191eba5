// Small settings of the interface, kept as JSON in localStorage. Losing them is a nuisance and never an error.

export interface Settings {
  /** The stored value as `parse` understands it; the fallback where nothing is stored or `parse` returns undefined. */
  get<T>(key: string, parse: (value: unknown) => T | undefined, fallback: T): T;
  set(key: string, value: unknown): void;
  remove(key: string): void;
}

/** The part of Storage in use. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const prefix = 'scion.';

/** Settings that outlive the page where the browser allows it, and last until it closes where not. */
export function openSettings(storage: KeyValueStorage | undefined = browserStorage()): Settings {
  const unsaved = new Map<string, string>();
  return {
    get(key, parse, fallback) {
      const json = unsaved.get(key) ?? attempt(() => storage?.getItem(prefix + key));
      if (json === undefined || json === null) return fallback;
      return attempt(() => parse(JSON.parse(json))) ?? fallback;
    },
    set(key, value) {
      const json = JSON.stringify(value);
      unsaved.delete(key);
      const saved = attempt(() => {
        storage?.setItem(prefix + key, json);
        return storage !== undefined;
      });
      if (!saved) unsaved.set(key, json); // full, or forbidden in a private window
    },
    remove(key) {
      unsaved.delete(key);
      attempt(() => storage?.removeItem(prefix + key));
    },
  };
}

/** Even naming localStorage throws where cookies are blocked, and workers have none. */
function browserStorage(): KeyValueStorage | undefined {
  return attempt(() => (typeof localStorage === 'undefined' ? undefined : localStorage));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
