import react from '@vitejs/plugin-react';
import { defaultClientConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { offline } from './src/cli/offline/vitePlugin.ts';
import { oneShell } from './src/cli/oneShell.ts';
import { relaxedSimd } from './src/cli/relaxedSimd/vitePlugin.ts';

// SharedArrayBuffer, and with it WebAssembly threads, exist only on cross-origin isolated pages.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const fasterMatrices = () => relaxedSimd(`${import.meta.dirname}/.cache/relaxed-simd`);

export default defineConfig({
  plugins: [react(), fasterMatrices(), oneShell(), offline()],
  base: './',
  // ONNX Runtime without the WebAssembly that its bundles carry inside; webBuilds.ts names the files instead.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es', plugins: () => [fasterMatrices()] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1000 },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    testTimeout: 120_000,
  },
});
