// Readers for values of unknown origin: each returns the value or says in one sentence what is wrong with it.
import { UserError } from '../lib/errors.ts';

export type Reader<T> = (value: unknown, where: string) => T;

/** A plain object with no keys but those named. */
export function readObject(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) throw new UserError(`${where} should be an object, got ${show(value)}.`);
  const stranger = Object.keys(value).find((key) => !keys.includes(key));
  if (stranger !== undefined) {
    throw new UserError(`${where} has an unknown key ${show(stranger)}; known are ${keys.join(', ')}.`);
  }
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(longest: number): Reader<string> {
  return (value, where) => {
    if (typeof value !== 'string') throw new UserError(`${where} should be a text, got ${show(value)}.`);
    if (value.length === 0 || value.length > longest) {
      throw new UserError(`${where} should have 1 to ${longest} characters, got ${value.length}.`);
    }
    return value;
  };
}

export function number(min: number, max: number): Reader<number> {
  return (value, where) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new UserError(`${where} should be a number, got ${show(value)}.`);
    }
    if (value < min || value > max) {
      throw new UserError(`${where} should lie between ${min} and ${max}, got ${value}.`);
    }
    return value;
  };
}

export function integer(min: number, max: number): Reader<number> {
  const inRange = number(min, max);
  return (value, where) => {
    const got = inRange(value, where);
    if (!Number.isInteger(got)) throw new UserError(`${where} should be a whole number, got ${got}.`);
    return got;
  };
}

export const flag: Reader<boolean> = (value, where) => {
  if (typeof value !== 'boolean')
    throw new UserError(`${where} should be true or false, got ${show(value)}.`);
  return value;
};

export function oneOf<T extends string>(...choices: readonly T[]): Reader<T> {
  return (value, where) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw new UserError(`${where} should be one of ${choices.join(', ')}, got ${show(value)}.`);
    }
    return found;
  };
}

/** One reader a field. */
export type Fields<T> = { readonly [K in keyof T]-?: Reader<T[K]> };

/** Reads an object field by field; fields that are absent keep their default. */
export function readFields<T extends object>(
  value: unknown,
  where: string,
  fields: Fields<T>,
  defaults: T,
): T {
  const names = Object.keys(fields);
  const object = readObject(value, where, names);
  const result = { ...defaults };
  for (const name in fields) {
    if (Object.hasOwn(object, name)) result[name] = fields[name](object[name], `${where}.${name}`);
  }
  return result;
}

/** A value as it may stand in a sentence: short, and never more than it is. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'an object';
  if (value === undefined) return 'nothing';
  const printed = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return printed.length > 40 ? `${printed.slice(0, 39)}…` : printed;
}
