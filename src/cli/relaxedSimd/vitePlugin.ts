// Vite plugin: `virtual:ort-relaxed-simd.wasm?url` is the address of ONNX Runtime's WebAssembly with the faster matrix
// kernel, or of the published file where that kernel could not be made. From there it is an asset like any other.
import type { Plugin } from 'vite';
import { publishedFile, relaxedSimdFile } from './relaxedSimdFile.ts';

export function relaxedSimd(cacheFolder: string): Plugin {
  let file: string | undefined;
  return {
    name: 'ort-relaxed-simd',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^virtual:ort-relaxed-simd\.wasm\?url$/ },
      handler() {
        try {
          file ??= relaxedSimdFile(cacheFolder);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          this.warn(`Matrix products in WebAssembly stay at their published speed. ${reason}`);
          file = publishedFile();
        }
        return this.resolve(`${file}?url`);
      },
    },
  };
}
