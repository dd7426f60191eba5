// How much memory WebAssembly instances hold: they are made by code that keeps them to itself, so their making is watched.

/** Call before any WebAssembly is started. The answer gives the bytes of all memories made since; they never shrink. */
export function watchWasmMemory(): () => number {
  const memories: WebAssembly.Memory[] = [];
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(Original, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      const memory = new Original(descriptor);
      memories.push(memory);
      return memory;
    },
  });
  return () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
