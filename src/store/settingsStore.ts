// What a person set once and expects to find again: theme, panel sizes, how pictures are drawn. A few hundred bytes.
import { create } from 'zustand';
import { sampleDefaults } from '../models/sampleDefaults.ts';
import { openSettings } from '../storage/settings.ts';
import type { RunPace } from '../workers/protocol.ts';

export type Theme = 'system' | 'light' | 'dark';
export type ClassChoice = number | 'every';

export interface Settings {
  readonly theme: Theme;
  readonly leftWidth: number;
  readonly rightWidth: number;
  readonly dockHeight: number;
  readonly leftOpen: boolean;
  readonly rightOpen: boolean;
  readonly dockOpen: boolean;
  /** Classifier-free guidance; 1 is none. */
  readonly guidance: number;
  readonly sampleSteps: number;
  readonly sampleClass: ClassChoice;
  readonly sampleSeed: number;
  readonly sampleCount: number;
  readonly logScale: boolean;
  /** Weight of the past in the smoothed curve. */
  readonly smoothing: number;
  /** Sensitivities are measured by themselves while the person rests. */
  readonly searchInBackground: boolean;
  /** How much of the device a run takes. */
  readonly pace: RunPace;
}

export const defaultSettings: Settings = {
  theme: 'system',
  leftWidth: 248,
  rightWidth: 320,
  dockHeight: usualDockHeight(),
  leftOpen: true,
  rightOpen: true,
  dockOpen: true,
  guidance: sampleDefaults.guidance,
  sampleSteps: sampleDefaults.steps,
  sampleClass: 'every',
  sampleSeed: sampleDefaults.firstSeed,
  sampleCount: 16,
  logScale: true,
  smoothing: 0.6,
  searchInBackground: true,
  pace: 'full',
};

/** A third of a low window, so that the model keeps the larger part. */
function usualDockHeight(): number {
  return typeof innerHeight === 'number' ? Math.round(Math.min(280, innerHeight * 0.33)) : 280;
}

export function setSettings(patch: Partial<Settings>): void {
  useSettings.setState(patch);
  storage.set(key, useSettings.getState());
}

/** Keeps what has the type and range of a setting and drops the rest. */
export function parseSettings(value: unknown): Partial<Settings> {
  if (typeof value !== 'object' || value === null) return {};
  const stored = new Map(Object.entries(value));
  const kept = Object.entries(checks).filter(([name, check]) => stored.has(name) && check(stored.get(name)));
  return Object.fromEntries(kept.map(([name]) => [name, stored.get(name)]));
}

type Check = (value: unknown) => boolean;
const between =
  (min: number, max: number): Check =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max;
const whole =
  (min: number, max: number): Check =>
  (value) =>
    Number.isInteger(value) && between(min, max)(value);
const isBoolean: Check = (value) => typeof value === 'boolean';

const checks: Record<keyof Settings, Check> = {
  theme: (value) => value === 'system' || value === 'light' || value === 'dark',
  leftWidth: between(180, 480),
  rightWidth: between(240, 560),
  dockHeight: between(120, 720),
  leftOpen: isBoolean,
  rightOpen: isBoolean,
  dockOpen: isBoolean,
  guidance: between(1, 10),
  sampleSteps: whole(1, 1000),
  sampleClass: (value) => value === 'every' || whole(0, 9999)(value),
  sampleSeed: whole(0, 2 ** 31 - 1),
  sampleCount: whole(1, 64),
  logScale: isBoolean,
  smoothing: between(0, 0.999),
  searchInBackground: isBoolean,
  pace: (value) => value === 'full' || value === 'smooth',
};

// Below the checks, which reading the stored settings needs.
const key = 'interface';
const storage = openSettings();

export const useSettings = create<Settings>()(() => ({
  ...defaultSettings,
  ...storage.get(key, parseSettings, {}),
}));
