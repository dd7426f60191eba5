// Whether the page would open with the network off. Set by whoever installs the service worker; nobody guesses it.
import { create } from 'zustand';

export const useOffline = create<{ readonly ready: boolean }>()(() => ({ ready: false }));

export function setOfflineReady(ready: boolean): void {
  useOffline.setState({ ready });
}
