// Chords: when a key event is one, and how it is written for people.
export interface Pressed {
  readonly key: string;
  /** Which key it is whatever it writes: `Digit1` also where Shift or Option makes it another sign. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export type Platform = 'mac' | 'other';

export function platform(): Platform {
  return /mac|iphone|ipad/i.test(navigator.platform) ? 'mac' : 'other';
}

export function matches(chord: string, event: Pressed, on: Platform): boolean {
  const { key, mod, alt, shift } = readChord(chord);
  const wanted = on === 'mac' ? event.metaKey : event.ctrlKey;
  const unwanted = on === 'mac' ? event.ctrlKey : event.metaKey;
  if (wanted !== mod || unwanted || event.altKey !== alt) return false;
  if (/^\d$/.test(key) && event.code) return event.code === `Digit${key}` && event.shiftKey === shift;
  if (event.key.toLowerCase() !== key.toLowerCase()) return false;
  // Signs such as ? need Shift on some keyboards and not on others; only letters and named keys tell it apart.
  return isSign(key) || event.shiftKey === shift;
}

/** `⇧⌘Z` on a Mac, `Ctrl+Shift+Z` elsewhere. */
export function chordText(chord: string, on: Platform): string {
  const { key, mod, alt, shift } = readChord(chord);
  const name = keyNames[key] ?? key.toUpperCase();
  if (on === 'mac') return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${mod ? '⌘' : ''}${name}`;
  return [mod && 'Ctrl', alt && 'Alt', shift && 'Shift', name].filter(Boolean).join('+');
}

const keyNames: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  Home: 'Home',
  End: 'End',
};

function readChord(chord: string) {
  const parts = chord.split('+');
  const key = parts.pop() || '+';
  return { key, mod: parts.includes('Mod'), alt: parts.includes('Alt'), shift: parts.includes('Shift') };
}

function isSign(key: string): boolean {
  return key.length === 1 && !/[a-z]/i.test(key);
}
