// Nine places to come back to: camera, lens and what is expanded, kept in the browser's settings storage.
import { isSlotId } from '../plan/slots.ts';
import { openSettings } from '../storage/settings.ts';
import type { Lens, ViewState } from './viewStore.ts';

export interface SavedView
  extends Pick<ViewState, 'lens' | 'costTokens' | 'errorBin' | 'expandedBlocks' | 'expandedOperators'> {
  readonly camera: { readonly x: number; readonly y: number; readonly zoom: number };
}

export type SavedViews = Readonly<Record<string, SavedView>>;

const key = 'views';
const storage = openSettings();

export function savedViews(): SavedViews {
  return storage.get(key, parseViews, {});
}

export function saveView(number: number, view: SavedView): void {
  storage.set(key, { ...savedViews(), [String(number)]: view });
}

export function forgetViews(): void {
  storage.set(key, {});
}

/** Keeps the views that are whole and drops the rest. */
export function parseViews(value: unknown): SavedViews {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([number, stored]) => {
      const view = /^[1-9]$/.test(number) ? parseView(stored) : undefined;
      return view ? [[number, view]] : [];
    }),
  );
}

const lenses: readonly Lens[] = ['structure', 'cost', 'locality', 'error', 'drift'];

function parseView(value: unknown): SavedView | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const lens = lenses.find((known) => known === fields.get('lens'));
  const camera = parseCamera(fields.get('camera'));
  if (!lens || !camera) return undefined;
  return {
    lens,
    camera,
    costTokens: numberOrNull(fields.get('costTokens')),
    errorBin: numberOrNull(fields.get('errorBin')),
    expandedBlocks: list(fields.get('expandedBlocks')).filter((block) => typeof block === 'number'),
    expandedOperators: list(fields.get('expandedOperators'))
      .filter((slot) => typeof slot === 'string')
      .filter(isSlotId),
  };
}

function parseCamera(value: unknown): SavedView['camera'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [x, y, zoom] = ['x', 'y', 'zoom'].map((name) => numberOrNull(fields.get(name)));
  return x != null && y != null && zoom != null && zoom > 0 ? { x, y, zoom } : undefined;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
