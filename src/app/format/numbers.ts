// Numbers as people read them: three digits, a unit, a true minus, thin spaces.
const minus = '\u2212';
const steps = [
  { from: 1e12, unit: 'T' },
  { from: 1e9, unit: 'G' },
  { from: 1e6, unit: 'M' },
  { from: 1e3, unit: 'K' },
] as const;

export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** 66048 → `66.0` `K`; 524 → `524` and no unit. */
export function compact(count: number): Quantity {
  const step = steps.find(({ from }) => Math.abs(count) >= from * 0.9995);
  if (!step) return { value: signed(count, threeDigits(Math.abs(count), true)), unit: '' };
  return { value: signed(count, threeDigits(Math.abs(count) / step.from, false)), unit: step.unit };
}

export function countText(count: number): string {
  const { value, unit } = compact(count);
  return unit === '' ? value : `${value} ${unit}`;
}

/** Multiply-adds; one is two FLOPs. `5.24 MMAC`. */
export function macs(count: number): Quantity {
  const { value, unit } = compact(count);
  return { value, unit: `${unit}MAC` };
}

export function macsText(count: number): string {
  const { value, unit } = macs(count);
  return `${value} ${unit}`;
}

/** 0.1 decimals below 10 %, none above; `0` when it rounds to it, so that nothing reads `−0.0`. */
export function percentChange(now: number, was: number): string {
  if (was === 0) return now === 0 ? '0' : 'new';
  const percent = (now / was - 1) * 100;
  const size = Math.abs(percent);
  if (size < 0.05) return '0';
  const digits = size < 9.95 ? size.toFixed(1) : size.toFixed(0);
  return `${percent < 0 ? minus : '+'}${digits}`;
}

export function percentText(now: number, was: number): string {
  const change = percentChange(now, was);
  return change === 'new' ? change : `${change}%`;
}

/** Losses and relative errors: three significant digits, never in scientific notation above 1e-4. */
export function small(value: number | null): string {
  if (value === null) return '–';
  if (!Number.isFinite(value)) return 'NaN';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4) return signed(value, size.toExponential(1).replace('-', minus));
  return signed(value, size >= 100 ? size.toFixed(0) : size.toPrecision(size < 0.1 ? 2 : 3));
}

/** `8 s`, `1 min 35 s`, `12 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A guess about time, no finer than it deserves. */
export function aboutDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${threeDigits(bytes / 1e3, false)} KB`;
  return bytes < 1e9 ? `${threeDigits(bytes / 1e6, false)} MB` : `${threeDigits(bytes / 1e9, false)} GB`;
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

function threeDigits(value: number, whole: boolean): string {
  if (whole && Number.isInteger(value)) return String(value);
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function signed(value: number, digits: string): string {
  return value < 0 ? `${minus}${digits}` : digits;
}
