// The theme switch: one attribute on the root element; the tokens do the rest.
import { useEffect, useSyncExternalStore } from 'react';
import { useSettings } from '../store/settingsStore.ts';

const darkSystem = matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  darkSystem.addEventListener('change', listener);
  return () => darkSystem.removeEventListener('change', listener);
}

/** What is on screen; canvases that draw with token colours redraw when it changes. */
export function useShownTheme(): 'light' | 'dark' {
  const theme = useSettings((settings) => settings.theme);
  const systemDark = useSyncExternalStore(subscribe, () => darkSystem.matches);
  if (theme !== 'system') return theme;
  return systemDark ? 'dark' : 'light';
}

export function useThemeAttribute(): void {
  const theme = useSettings((settings) => settings.theme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
