// A restricted unpickler: builds plain values from a Python pickle and calls nothing that the host does not hand out.
import { FileError } from '../lib/errors.ts';

/** What stands in for Python's importable things. Either function may throw a FileError to refuse. */
export interface PickleHost {
  /** Starts every error text. */
  readonly fileName: string;
  /** The value of `module.name`: a PickleFunction where it may be called. */
  global(module: string, name: string): unknown;
  /** The value of a persistent id; torch names its storages so. */
  persistent(id: unknown): unknown;
}

export class PickleFunction {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;
  constructor(name: string, call: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** An object that keeps the attributes a pickle sets on it, such as argparse.Namespace. */
export class PickleAttributes {
  readonly attributes = new Map<unknown, unknown>();
}

/** None → null, int → number or bigint, bytes → Uint8Array, list, tuple and set → array, dict → Map. */
export function unpickle(bytes: Uint8Array, host: PickleHost): unknown {
  const machine = new Machine(bytes, host);
  for (;;) {
    const opcode = machine.byte();
    if (opcode === stop) return machine.pop();
    const run = opcodes.get(opcode);
    if (run === undefined) {
      throw machine.damaged(
        `it has pickle opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${machine.position - 1}, which torch.save does not write`,
      );
    }
    run(machine);
  }
}

const latestProtocol = 5;
/** Python's own integers in a checkpoint are step counts and seeds; 64 bytes are plenty. */
const longestInteger = 64;

class Machine {
  position = 0;
  stack: unknown[] = [];
  /** Stacks put aside by an open mark. */
  readonly outer: unknown[][] = [];
  readonly memo = new Map<number, unknown>();
  readonly host: PickleHost;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, host: PickleHost) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.host = host;
  }

  damaged(reason: string): FileError {
    return new FileError(`The pickle of ${this.host.fileName} is damaged: ${reason}.`);
  }

  #advance(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw this.damaged('it ends early');
    this.position += length;
    return start;
  }

  byte = (): number => this.#view.getUint8(this.#advance(1));
  uint16 = (): number => this.#view.getUint16(this.#advance(2), true);
  uint32 = (): number => this.#view.getUint32(this.#advance(4), true);
  int32 = (): number => this.#view.getInt32(this.#advance(4), true);
  uint64 = (): number => Number(this.#view.getBigUint64(this.#advance(8), true));
  /** The one big-endian number of the format. */
  float64 = (): number => this.#view.getFloat64(this.#advance(8), false);

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  text(length: number): string {
    const start = this.#advance(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.damaged('it ends early');
    const line = this.text(end - this.position);
    this.position++;
    return line;
  }

  /** Little-endian two's complement of any length. */
  integer(length: number): number | bigint {
    if (length > longestInteger) throw this.damaged(`it has an integer of ${length} bytes`);
    const bytes = this.bytes(length);
    let value = 0n;
    for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
    value = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw this.damaged('an operation finds no value to work on');
    return this.stack.pop();
  }

  top(): unknown {
    if (this.stack.length === 0) throw this.damaged('an operation finds no value to work on');
    return this.stack.at(-1);
  }

  popMany(count: number): unknown[] {
    if (this.stack.length < count) throw this.damaged('an operation finds no value to work on');
    return this.stack.splice(this.stack.length - count);
  }

  mark(): void {
    this.outer.push(this.stack);
    this.stack = [];
  }

  /** The values since the last mark. */
  popMark(): unknown[] {
    const values = this.stack;
    const outer = this.outer.pop();
    if (outer === undefined) throw this.damaged('a mark is missing');
    this.stack = outer;
    return values;
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw this.damaged(`it recalls value ${index}, which it never stored`);
    this.push(this.memo.get(index));
  }

  extend(values: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.damaged('it appends to something that is not a list');
    for (const value of values) list.push(value);
  }

  setItems(values: readonly unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.damaged('it sets an item of something that is not a dictionary');
    if (values.length % 2 !== 0) throw this.damaged('a dictionary has a key without a value');
    for (let i = 0; i < values.length; i += 2) dict.set(values[i], values[i + 1]);
  }

  call(callee: unknown, args: unknown): void {
    if (!(callee instanceof PickleFunction)) throw this.damaged('it calls something that is not a function');
    if (!Array.isArray(args)) throw this.damaged(`the arguments of ${callee.name} are not a tuple`);
    this.push(callee.call(args));
  }

  /** Attributes of a dict (torch keeps `_metadata` on state dicts) are of no use here; those of a namespace are. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (object instanceof PickleAttributes && state instanceof Map) {
      for (const [name, value] of state) object.attributes.set(name, value);
    } else if (!(object instanceof Map)) {
      throw this.damaged('it sets attributes of something that has none');
    }
  }
}

const stop = 0x2e;

/** Protocols 2 to 5, without the text opcodes of protocol 0 and the extension registry. */
const opcodes = new Map<number, (m: Machine) => void>([
  [0x80, protocol], // PROTO
  [0x95, (m) => m.uint64()], // FRAME: a hint about buffering
  [0x28, (m) => m.mark()], // MARK
  [0x30, pop], // POP
  [0x31, (m) => m.popMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP

  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4b, (m) => m.push(m.byte())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x8a, (m) => m.push(m.integer(m.byte()))], // LONG1
  [0x8b, (m) => m.push(m.integer(m.uint32()))], // LONG4
  [0x47, (m) => m.push(m.float64())], // BINFLOAT

  [0x8c, (m) => m.push(m.text(m.byte()))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x8d, (m) => m.push(m.text(m.uint64()))], // BINUNICODE8
  [0x55, (m) => m.push(m.text(m.byte()))], // SHORT_BINSTRING, a str of Python 2
  [0x54, (m) => m.push(m.text(m.uint32()))], // BINSTRING
  [0x43, (m) => m.push(m.bytes(m.byte()))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.bytes(m.uint32()))], // BINBYTES
  [0x8e, (m) => m.push(m.bytes(m.uint64()))], // BINBYTES8
  [0x96, (m) => m.push(m.bytes(m.uint64()))], // BYTEARRAY8

  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x85, (m) => m.push(m.popMany(1))], // TUPLE1
  [0x86, (m) => m.push(m.popMany(2))], // TUPLE2
  [0x87, (m) => m.push(m.popMany(3))], // TUPLE3
  [0x74, (m) => m.push(m.popMark())], // TUPLE
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x6c, (m) => m.push(m.popMark())], // LIST
  [0x61, (m) => m.extend(m.popMany(1))], // APPEND
  [0x65, (m) => m.extend(m.popMark())], // APPENDS
  [0x8f, (m) => m.push([])], // EMPTY_SET
  [0x90, (m) => m.extend(m.popMark())], // ADDITEMS
  [0x91, (m) => m.push(m.popMark())], // FROZENSET
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x64, newDict], // DICT
  [0x73, (m) => m.setItems(m.popMany(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS

  [0x71, (m) => m.memo.set(m.byte(), m.top())], // BINPUT
  [0x72, (m) => m.memo.set(m.uint32(), m.top())], // LONG_BINPUT
  [0x94, (m) => m.memo.set(m.memo.size, m.top())], // MEMOIZE
  [0x68, (m) => m.recall(m.byte())], // BINGET
  [0x6a, (m) => m.recall(m.uint32())], // LONG_BINGET

  [0x63, (m) => m.push(m.host.global(m.line(), m.line()))], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x69, instance], // INST
  [0x6f, object], // OBJ
  [0x52, call], // REDUCE
  [0x81, call], // NEWOBJ
  [0x51, (m) => m.push(m.host.persistent(m.pop()))], // BINPERSID
  [0x62, (m) => m.build()], // BUILD
]);

function protocol(m: Machine): void {
  const version = m.byte();
  if (version > latestProtocol)
    throw m.damaged(`it is of protocol ${version}, and ${latestProtocol} is the latest`);
}

/** Also takes away a mark with nothing behind it, as Python does. */
function pop(m: Machine): void {
  if (m.stack.length === 0 && m.outer.length > 0) m.popMark();
  else m.pop();
}

function newDict(m: Machine): void {
  const items = m.popMark();
  m.push(new Map());
  m.setItems(items);
}

function stackGlobal(m: Machine): void {
  const [module, name] = m.popMany(2);
  m.push(m.host.global(String(module), String(name)));
}

function instance(m: Machine): void {
  const callee = m.host.global(m.line(), m.line());
  m.call(callee, m.popMark());
}

function object(m: Machine): void {
  const [callee, ...args] = m.popMark();
  m.call(callee, args);
}

function call(m: Machine): void {
  const [callee, args] = m.popMany(2);
  m.call(callee, args);
}
