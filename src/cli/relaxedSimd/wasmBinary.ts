// The binary format of WebAssembly modules, as far as replacing functions needs it: sections, signatures and bodies
// (WebAssembly Core Specification 3.0, §5.5). Nothing inside other functions is looked at or moved.

/** Section numbers. */
const section = { type: 1, import: 2, function: 3, code: 10 } as const;

/** Value types. */
export const valueType = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

export interface WasmModule {
  readonly bytes: Uint8Array;
  /** Functions that the module imports; they are numbered first. */
  readonly importedFunctions: number;
  /** Functions that the module defines, in the order of their numbers. */
  readonly functions: readonly WasmFunction[];
  /** The whole code section with its header. */
  readonly code: Range;
}

export interface WasmFunction {
  /** Number by which `call` names it. */
  readonly index: number;
  /** `7f7f → 7d`: value types in hexadecimal. */
  readonly signature: string;
  /** Declarations of locals and instructions, without the size before them. */
  readonly body: Range;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Walks bytes and throws where they end too early. */
class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, { start, end }: Range) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  byte(): number {
    const value = this.at < this.end ? this.bytes[this.at] : undefined;
    if (value === undefined) throw new Error(`The WebAssembly module ends at byte ${this.at}.`);
    this.at++;
    return value;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error(`The number before byte ${this.at} of the WebAssembly module is too long.`);
  }

  /** A length, then as many bytes. */
  block(): Range {
    const size = this.number();
    const range = { start: this.at, end: this.at + size };
    if (range.end > this.end) throw new Error(`The WebAssembly module ends inside a block at ${this.at}.`);
    this.at = range.end;
    return range;
  }

  vector<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }
}

export function readModule(bytes: Uint8Array): WasmModule {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (!header.every((byte, i) => bytes[i] === byte)) throw new Error('This is no WebAssembly module.');
  const contents = new Map<number, Range>();
  const reader = new Reader(bytes, { start: header.length, end: bytes.length });
  let code: Range | undefined;
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const content = reader.block();
    contents.set(id, content);
    if (id === section.code) code = { start, end: content.end };
  }
  const inSection = (id: number) => new Reader(bytes, contents.get(id) ?? { start: 0, end: 0 });
  if (!code) throw new Error('The WebAssembly module defines no functions.');
  const signatures = readTypes(inSection(section.type));
  const importedFunctions = contents.has(section.import) ? countImports(inSection(section.import)) : 0;
  const functionReader = inSection(section.function);
  const types = functionReader.vector(() => functionReader.number());
  const codeReader = inSection(section.code);
  const bodies = codeReader.vector(() => codeReader.block());
  if (bodies.length !== types.length) throw new Error('The WebAssembly module lacks bodies of functions.');
  const functions = bodies.map((body, i) => ({
    index: importedFunctions + i,
    signature: signatures[types[i] ?? -1] ?? 'unknown',
    body,
  }));
  return { bytes, importedFunctions, functions, code };
}

/** Signatures of function types; other kinds of type are not known here. */
function readTypes(reader: Reader): string[] {
  const values = () => reader.vector(() => reader.byte().toString(16).padStart(2, '0')).join('');
  return reader.vector(() => {
    if (reader.byte() !== 0x60) throw new Error('The WebAssembly module has types that are no functions.');
    const parameters = values();
    return `${parameters} → ${values()}`;
  });
}

function countImports(reader: Reader): number {
  const limits = () => {
    const flags = reader.byte();
    reader.number();
    if ((flags & 1) !== 0) reader.number();
  };
  const kinds = reader.vector(() => {
    reader.block();
    reader.block();
    const kind = reader.byte();
    if (kind === 0) reader.number();
    else if (kind === 1) {
      reader.byte();
      limits();
    } else if (kind === 2) limits();
    else if (kind === 3) {
      reader.byte();
      reader.byte();
    } else if (kind === 4) {
      reader.byte();
      reader.number();
    } else throw new Error(`The WebAssembly module imports something of the unknown kind ${kind}.`);
    return kind;
  });
  return kinds.filter((kind) => kind === 0).length;
}

export function bodyOf(module: WasmModule, { body }: WasmFunction): Uint8Array {
  return module.bytes.subarray(body.start, body.end);
}

/** Locals that a function declares beside its parameters, and where its instructions start in its body. */
export function localsOf(body: Uint8Array): { count: number; groups: number; declarations: Range } {
  const reader = new Reader(body, { start: 0, end: body.length });
  const groups = reader.number();
  const start = reader.at;
  let count = 0;
  for (let i = 0; i < groups; i++) {
    count += reader.number();
    reader.byte();
  }
  return { count, groups, declarations: { start, end: reader.at } };
}

/** The module with other bodies for functions of these numbers. */
export function replaceBodies(
  { bytes, functions, code }: WasmModule,
  bodies: ReadonlyMap<number, Uint8Array>,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.from(number(functions.length))];
  for (const { index, body } of functions) {
    const content = bodies.get(index) ?? bytes.subarray(body.start, body.end);
    parts.push(Uint8Array.from(number(content.length)), content);
  }
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const file = [
    bytes.subarray(0, code.start),
    Uint8Array.of(section.code, ...number(size)),
    ...parts,
    bytes.subarray(code.end),
  ];
  const result = new Uint8Array(file.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of file) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** An unsigned number below 2³² in LEB128. */
export function number(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}
