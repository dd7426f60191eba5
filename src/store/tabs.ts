// Two tabs and one project: one of them edits and trains, the other looks on until it takes over or the first is closed.
import { create } from 'zustand';

export interface TabState {
  /** Name of the project that another tab has open, while this one only shows it; null when this tab may change it. */
  readonly lookingOn: string | null;
  /** True while the other tab saves and lets go. */
  readonly takingOver: boolean;
}

export const useTabs = create<TabState>()(() => ({ lookingOn: null, takingOver: false }));

export function isLookingOn(): boolean {
  return useTabs.getState().lookingOn !== null;
}

/** What tabs tell each other about a project. */
export interface TabMessage {
  /** `yield` asks the tab that holds it to let go; `saved` says that storage holds something new. */
  readonly kind: 'yield' | 'saved';
  readonly project: string;
}

/** The part of BroadcastChannel in use. */
export interface TabChannel {
  postMessage(message: TabMessage): void;
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
}

/** Tabs without a channel do not hear of each other; the lock alone protects the project. */
export function browserChannel(): TabChannel {
  return typeof BroadcastChannel === 'undefined'
    ? { postMessage: () => undefined, onmessage: null }
    : new BroadcastChannel('scion-tabs');
}
