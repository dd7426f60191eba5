import { describe, expect, it } from 'vitest';
import { type KeyValueStorage, openSettings } from './settings.ts';

const asNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

function fakeStorage(): KeyValueStorage & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

describe('settings', () => {
  it('outlive the page', () => {
    const storage = fakeStorage();
    openSettings(storage).set('zoom', 1.5);
    expect(openSettings(storage).get('zoom', asNumber, 1)).toBe(1.5);
    expect([...storage.items]).toEqual([['scion.zoom', '1.5']]);
    openSettings(storage).remove('zoom');
    expect(openSettings(storage).get('zoom', asNumber, 1)).toBe(1);
  });

  it('fall back on what is damaged or of another version', () => {
    const storage = fakeStorage();
    storage.setItem('scion.zoom', '{"half":');
    expect(openSettings(storage).get('zoom', asNumber, 1)).toBe(1);
    storage.setItem('scion.zoom', '"wide"');
    expect(openSettings(storage).get('zoom', asNumber, 1)).toBe(1);
  });

  it('last until the page closes where the browser stores nothing', () => {
    const refuse = () => {
      throw new DOMException('no', 'SecurityError');
    };
    for (const storage of [undefined, { getItem: refuse, setItem: refuse, removeItem: refuse }]) {
      const settings = openSettings(storage);
      expect(settings.get('zoom', asNumber, 1)).toBe(1);
      settings.set('zoom', 2);
      expect(settings.get('zoom', asNumber, 1)).toBe(2);
      settings.remove('zoom');
      expect(settings.get('zoom', asNumber, 1)).toBe(1);
    }
  });

  it('prefer the latest value when the storage fills up', () => {
    const storage = fakeStorage();
    const settings = openSettings(storage);
    settings.set('zoom', 1);
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    settings.set('zoom', 2);
    expect(settings.get('zoom', asNumber, 0)).toBe(2);
  });
});
