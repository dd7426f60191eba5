// The inner kernel of ONNX Runtime's f32 matrix products, with fused multiply-add and a tile that suits it.
//
// The published build multiplies, then adds, and keeps a tile of 2 rows × 16 columns of the result in registers. With
// one instruction for both, loading becomes the limit: 6 rows × 8 columns load 8 vectors for 12 multiply-adds instead
// of 6 for 8, read the packed right operand a third as often, and still fit V8's 15 vector registers (12 sums, two
// vectors of the right operand, one element of the left). Measured on one core of a Xeon with AVX-512, Chromium 156:
// 30 → 45 GFLOP/s, where multiply-adds alone would reach about 50.

import { type Code, call, drop, exit, f32x4, get, i32, loop, sequence, set, when } from './instructions.ts';
import { localsOf, number, valueType } from './wasmBinary.ts';

/** MlasSgemmKernelZero and MlasSgemmKernelAdd (onnxruntime/core/mlas/lib/wasm_simd): C = αAB, or C += αAB. */
export type KernelMode = 'zero' | 'add';

/**
 * Parameters: A [rows, lda], B packed in panels of 16 columns [inner, 16], C [rows, ldc]; pointers in bytes, extents and
 * strides in elements; α. The kernel does as many rows as it likes and answers with their number.
 */
const [A, B, C, INNER, ROWS, COLUMNS, LDA, LDC, ALPHA] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const parameters = 9;
/** The signature of both kernels, as wasmBinary.ts writes it. */
export const kernelSignature = '7f7f7f7f7f7f7f7f7d → 7f';

const tileRows = 6;
/** Vectors of four columns in a tile. */
const tileVectors = 2;
const panelColumns = 16;
const panelBytes = 4 * panelColumns;
/** Steps along the inner axis in one turn of the loop. */
const unrolled = 4;

/**
 * The body with a fast path before it: 6 rows at a time, panel by panel; columns that do not fill a panel go to the old
 * instructions, two rows at a time, and so do fewer than 6 rows or 16 columns.
 * @param self number of the function that the body belongs to
 */
export function withFastPath(body: Uint8Array, self: number, mode: KernelMode): Uint8Array {
  const { count, groups, declarations } = localsOf(body);
  const locals = allocate(parameters + count);
  const added = [
    ...[...number(locals.integers), valueType.i32],
    ...[...number(locals.vectors), valueType.v128],
  ];
  return Uint8Array.from([
    ...number(groups + 2),
    ...body.subarray(declarations.start, declarations.end),
    ...added,
    ...fastPath(locals, self, mode),
    ...body.subarray(declarations.end),
  ]);
}

type Locals = ReturnType<typeof allocate>;

function allocate(first: number) {
  let next = first;
  const take = (length: number) => Array.from({ length }, () => next++);
  const a = take(tileRows);
  const [b = 0, c = 0, inner = 0, offset = 0] = take(4);
  const integers = next - first;
  const sums = Array.from({ length: tileRows }, () => take(tileVectors));
  const right = take(tileVectors);
  const [left = 0, alpha = 0] = take(2);
  return {
    integers,
    vectors: next - first - integers,
    /** Where the tile's rows of A, its columns of B and its result stand. */
    a,
    b,
    c,
    /** Steps that are left along the inner axis. */
    inner,
    /** Bytes from the panel's start to the tile. */
    offset,
    sums,
    right,
    left,
    alpha,
  };
}

function fastPath(locals: Locals, self: number, mode: KernelMode): Code {
  const atLeast = (local: number, least: number) =>
    sequence(get(local), i32.constant(least), i32.greaterOrEqual);
  return sequence(
    ...[atLeast(ROWS, tileRows), atLeast(COLUMNS, panelColumns), i32.and],
    when(
      ...[get(ALPHA), f32x4.splat, set(locals.alpha)],
      loop(
        panel(locals, mode),
        advance(C, panelBytes),
        ...[get(B), bytesOf(INNER, panelColumns), i32.add, set(B)],
        advance(COLUMNS, -panelColumns),
        atLeast(COLUMNS, panelColumns),
      ),
      sequence(get(COLUMNS), when(remainingColumns(self))),
      ...[i32.constant(tileRows), exit],
    ),
  );
}

/** The tiles of one panel, side by side. */
function panel(locals: Locals, mode: KernelMode): Code {
  const { offset, inner } = locals;
  const tileBytes = 16 * tileVectors;
  return sequence(
    ...[i32.constant(0), set(offset)],
    loop(
      start(locals),
      ...[get(inner), i32.constant(unrolled), i32.greaterOrEqual],
      when(loop(steps(locals, unrolled), get(inner), i32.constant(unrolled), i32.greaterOrEqual)),
      ...[get(inner), when(loop(steps(locals, 1), get(inner)))],
      store(locals, mode),
      advance(offset, tileBytes),
      ...[get(offset), i32.constant(panelBytes), i32.notEqual],
    ),
  );
}

/** Pointers of a tile, and sums of zero. */
function start({ a, b, c, inner, offset, sums }: Locals): Code {
  return sequence(
    ...[get(B), get(offset), i32.add, set(b)],
    ...[get(C), get(offset), i32.add, set(c)],
    ...a.map((row, i) =>
      i === 0 ? sequence(get(A), set(row)) : sequence(get(a[i - 1] ?? 0), bytesOf(LDA), i32.add, set(row)),
    ),
    ...sums.flat().map((sum) => sequence(f32x4.zero, set(sum))),
    ...[get(INNER), set(inner)],
  );
}

/** `count` steps along the inner axis: every one adds an outer product to the sums. */
function steps({ a, b, inner, sums, right, left }: Locals, count: number): Code {
  const step = (i: number) =>
    sequence(
      ...right.map((vector, j) => sequence(get(b), f32x4.load(panelBytes * i + 16 * j), set(vector))),
      ...a.map((row, r) =>
        sequence(
          ...[get(row), f32x4.loadSplat(4 * i), set(left)],
          ...right.map((vector, j) => {
            const sum = sums[r]?.[j] ?? 0;
            return sequence(get(left), get(vector), get(sum), f32x4.multiplyAdd, set(sum));
          }),
        ),
      ),
    );
  return sequence(
    ...Array.from({ length: count }, (_, i) => step(i)),
    advance(b, count * panelBytes),
    ...a.map((row) => advance(row, 4 * count)),
    advance(inner, -count),
  );
}

/** α times the sums into C, or onto it. */
function store({ c, sums, alpha }: Locals, mode: KernelMode): Code {
  const before = (j: number) => (mode === 'add' ? [get(c), f32x4.load(16 * j), f32x4.add] : []);
  return sequence(
    ...sums.map((row) =>
      sequence(
        ...row.map((sum, j) =>
          sequence(get(c), get(sum), get(alpha), f32x4.multiply, ...before(j), f32x4.store(16 * j)),
        ),
        ...[get(c), bytesOf(LDC), i32.add, set(c)],
      ),
    ),
  );
}

/** What is left of the tile's rows, by the old instructions, which take two rows at a time. */
function remainingColumns(self: number): Code {
  const rowsFrom = (pointer: number, stride: number, row: number) =>
    sequence(get(pointer), bytesOf(stride, row), i32.add);
  const pairs = Array.from({ length: tileRows / 2 }, (_, i) => 2 * i);
  return sequence(
    ...pairs.map((row) =>
      sequence(
        ...[rowsFrom(A, LDA, row), get(B), rowsFrom(C, LDC, row), get(INNER), i32.constant(2)],
        ...[get(COLUMNS), get(LDA), get(LDC), get(ALPHA), call(self), drop],
      ),
    ),
  );
}

/** Bytes of `times` as many elements as the local says. */
function bytesOf(local: number, times = 1): Code {
  return times === 1
    ? sequence(get(local), i32.constant(2), i32.shiftLeft)
    : sequence(get(local), i32.constant(4 * times), i32.multiply);
}

function advance(local: number, by: number): Code {
  return sequence(get(local), i32.constant(by), i32.add, set(local));
}
