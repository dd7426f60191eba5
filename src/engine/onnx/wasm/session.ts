// A compiled model in ONNX Runtime's WebAssembly module, run on tensors that live there.
import { assert, known } from '../../../lib/errors.ts';
import type { RuntimeSession, RuntimeTensor, RuntimeTensors } from '../runtime.ts';
import { check, copyIn, made, type OrtModule, type Pointer, pointers, text, words } from './module.ts';
import { elementName, WasmTensor } from './tensor.ts';

const allOptimisations = 99;
const errorsOnly = 3;

export async function wasmSession(module: OrtModule, model: Uint8Array): Promise<RuntimeSession> {
  const handle = await create(module, model);
  const { inputs, outputs } = signature(module, handle);
  // C strings of the names live as long as the session.
  const names = new Map([...inputs.keys(), ...outputs].map((name) => [name, text(module, name)]));
  return {
    inputs,
    outputNames: outputs,
    run: (given, into) => run({ module, handle, names, outputs }, given, into),
    async release() {
      for (const name of names.values()) module._free(name);
      check(module, module._OrtReleaseSession(handle), 'release a model');
    },
  };
}

async function create(module: OrtModule, model: Uint8Array): Promise<Pointer> {
  const id = text(module, 'scion');
  const bytes = copyIn(module, model);
  // The arena keeps the memory of a run for the next one. Memory patterns would plan it in one block, which is slower
  // here: the block is too large to stay in cache.
  const options = module._OrtCreateSessionOptions(allOptimisations, 1, 0, 0, 0, 0, id, errorsOnly, 0, 0);
  try {
    made(module, options, 'set session options');
    return made(module, await module._OrtCreateSession(bytes, model.byteLength, options), 'read the model');
  } finally {
    if (options !== 0) module._OrtReleaseSessionOptions(options);
    module._free(bytes);
    module._free(id);
  }
}

function signature(module: OrtModule, session: Pointer) {
  const [inputCount = 0, outputCount = 0] = words(module, 2, 'count inputs', (inputs = 0, outputs = 0) =>
    module._OrtGetInputOutputCount(session, inputs, outputs),
  );
  const values = Array.from({ length: inputCount + outputCount }, (_, i) => {
    const [name = 0, metadata = 0] = words(module, 2, 'read names', (nameRoom = 0, metadataRoom = 0) =>
      module._OrtGetInputOutputMetadata(session, i, nameRoom, metadataRoom),
    );
    const value = [module.UTF8ToString(name), elementName(module.getValue(metadata, 'i32'))] as const;
    module._OrtFree(name);
    module._OrtFree(metadata);
    return value;
  });
  return {
    inputs: new Map(values.slice(0, inputCount)),
    outputs: values.slice(inputCount).map(([name]) => name),
  };
}

interface Compiled {
  readonly module: OrtModule;
  readonly handle: Pointer;
  readonly names: ReadonlyMap<string, Pointer>;
  readonly outputs: readonly string[];
}

async function run(
  { module, handle, names, outputs }: Compiled,
  given: RuntimeTensors,
  into: RuntimeTensors,
): Promise<RuntimeTensors> {
  const nameOf = (name: string) => known(names.get(name), `the name ${name}`);
  const feeds = Object.entries(given).map(([name, tensor]) => [nameOf(name), resident(tensor)] as const);
  const rooms = outputs.map((name) => into[name]);
  const arrays = [
    pointers(
      module,
      feeds.map(([name]) => name),
    ),
    pointers(
      module,
      feeds.map(([, tensor]) => tensor.handle),
    ),
    pointers(module, outputs.map(nameOf)),
    pointers(
      module,
      rooms.map((room) => (room instanceof WasmTensor ? room.handle : 0)),
    ),
  ] as const;
  const [feedNames, feedValues, resultNames, resultValues] = arrays;
  try {
    const status = await module._OrtRun(
      handle,
      feedNames,
      feedValues,
      feeds.length,
      resultNames,
      outputs.length,
      resultValues,
      0,
    );
    check(module, status, 'compute');
    return Object.fromEntries(
      outputs.map((name, i) => {
        const room = rooms[i];
        if (room instanceof WasmTensor) return [name, room];
        return [name, WasmTensor.made(module, module.getValue(resultValues + 4 * i, '*'))];
      }),
    );
  } finally {
    for (const array of arrays) module._free(array);
  }
}

/** Tensors of this runtime are all made in the module. */
function resident(tensor: RuntimeTensor): WasmTensor {
  assert(tensor instanceof WasmTensor, () => `a tensor in ${tensor.location} memory was fed to WebAssembly`);
  return tensor;
}
