import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings, parseSettings } from './settingsStore.ts';

describe('parseSettings', () => {
  it('reads what was written', () => {
    expect(parseSettings(JSON.parse(JSON.stringify(defaultSettings)))).toEqual(defaultSettings);
  });

  it('keeps what is sound and drops the rest', () => {
    const stored = {
      theme: 'dark',
      leftWidth: 99999,
      guidance: 'two',
      sampleSteps: 3.5,
      sampleClass: 4,
      evil: 1,
    };
    expect(parseSettings(stored)).toEqual({ theme: 'dark', sampleClass: 4 });
  });

  it('makes nothing of nothing', () => {
    for (const value of [null, undefined, 7, 'x', []]) expect(parseSettings(value)).toEqual({});
  });
});

describe('the store', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('starts with what was stored the last time', async () => {
    const stored: Record<string, string> = {
      'scion.interface': JSON.stringify({ theme: 'dark', leftWidth: 300 }),
    };
    vi.stubGlobal('localStorage', { getItem: (name: string) => stored[name] ?? null });
    vi.resetModules();
    const { useSettings } = await import('./settingsStore.ts');
    expect(useSettings.getState()).toEqual({ ...defaultSettings, theme: 'dark', leftWidth: 300 });
  });
});
