import { describe, expect, it } from 'vitest';
import { chordText, matches, type Pressed } from './keys.ts';

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('chords', () => {
  it('mean Ctrl or Cmd by platform', () => {
    expect(matches('Mod+Z', press('z', { ctrlKey: true }), 'other')).toBe(true);
    expect(matches('Mod+Z', press('z', { metaKey: true }), 'mac')).toBe(true);
    expect(matches('Mod+Z', press('z', { metaKey: true }), 'other')).toBe(false);
    expect(matches('Mod+Z', press('z'), 'other')).toBe(false);
  });

  it('tell Shift apart for letters but not for signs', () => {
    expect(matches('Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), 'other')).toBe(false);
    expect(matches('Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), 'other')).toBe(true);
    expect(matches('?', press('?', { shiftKey: true }), 'other')).toBe(true);
    expect(matches('+', press('+', { shiftKey: true }), 'other')).toBe(true);
  });

  it('are written as each platform writes them', () => {
    expect(chordText('Mod+Shift+Z', 'mac')).toBe('⇧⌘Z');
    expect(chordText('Mod+Shift+Z', 'other')).toBe('Ctrl+Shift+Z');
    expect(chordText('Shift+ArrowDown', 'other')).toBe('Shift+↓');
    expect(chordText('+', 'other')).toBe('+');
  });
});
