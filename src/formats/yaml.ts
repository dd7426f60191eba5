// YAML as configuration files use it: nested maps, lists of scalars, and scalars. Written, and read back to check.
import { FileError } from '../lib/errors.ts';
import { shown } from './shown.ts';

export type YamlScalar = string | number | boolean | null;
export type YamlValue = YamlScalar | readonly YamlScalar[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: YamlValue;
}

export function writeYaml(map: YamlMap): string {
  return `${linesOf(map, '').join('\n')}\n`;
}

function linesOf(map: YamlMap, indent: string): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const name = `${indent}${scalarText(/^\d+$/.test(key) ? Number(key) : key)}:`;
    if (isMap(value)) {
      const inner = linesOf(value, `${indent}  `);
      return inner.length === 0 ? [`${name} {}`] : [name, ...inner];
    }
    if (Array.isArray(value)) {
      return value.length === 0
        ? [`${name} []`]
        : [name, ...value.map((item) => `${indent}  - ${scalarText(item)}`)];
    }
    return [`${name} ${scalarText(value as YamlScalar)}`];
  });
}

function isMap(value: YamlValue): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalarText(value: YamlScalar): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  // What YAML 1.1 might read as anything but this text is quoted.
  const plain =
    /^[A-Za-z_./][\w./ +-]*$/.test(value) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return plain && value.trim() === value ? value : JSON.stringify(value);
}

/** PyYAML takes `1e-4` for a text; a number in scientific notation needs a point and a signed exponent. */
function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const [digits = '', exponent = ''] = text.split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}e${/^[+-]/.test(exponent) ? exponent : `+${exponent}`}`;
}

interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

/** Reads what `writeYaml` writes. */
export function readYaml(text: string, name: string): YamlMap {
  const lines = text.split('\n').flatMap((raw, i): Line[] => {
    const content = raw.trim();
    return content === '' || content.startsWith('#')
      ? []
      : [{ indent: raw.length - raw.trimStart().length, text: content, number: i + 1 }];
  });
  const { value, next } = readMap(lines, 0, 0, name);
  const left = lines[next];
  if (left) throw unreadable(name, left);
  return value;
}

function unreadable(name: string, { number, text }: Line): FileError {
  return new FileError(`Line ${number} of ${name} is no YAML that Scion writes: ${shown(text)}.`);
}

function readMap(lines: readonly Line[], start: number, indent: number, name: string) {
  const map = new Map<string, YamlValue>();
  let next = start;
  for (let line = lines[next]; line && line.indent === indent; line = lines[next]) {
    const match = /^("(?:[^"\\]|\\.)*"|[^:]+):(?: (.*))?$/.exec(line.text);
    if (!match) throw unreadable(name, line);
    const key = String(readScalar(match[1] ?? ''));
    if (map.has(key))
      throw new FileError(`Line ${line.number} of ${name} names ${shown(key)} a second time.`);
    next++;
    const inner = lines[next];
    if (match[2] !== undefined) map.set(key, readInline(match[2]));
    else if (inner && inner.indent > indent && inner.text.startsWith('- ')) {
      const items: YamlScalar[] = [];
      for (
        let item = lines[next];
        item?.text.startsWith('- ') && item.indent === inner.indent;
        item = lines[next]
      ) {
        items.push(readScalar(item.text.slice(2)));
        next++;
      }
      map.set(key, items);
    } else if (inner && inner.indent > indent) {
      const read = readMap(lines, next, inner.indent, name);
      map.set(key, read.value);
      next = read.next;
    } else map.set(key, null);
  }
  return { value: Object.fromEntries(map) as YamlMap, next };
}

function readInline(text: string): YamlValue {
  if (text === '[]') return [];
  return text === '{}' ? {} : readScalar(text);
}

function readScalar(text: string): YamlScalar {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('"')) return String(JSON.parse(text));
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]\d+)?$/.test(text) ? Number(text) : text;
}
