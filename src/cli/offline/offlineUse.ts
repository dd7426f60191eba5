// When a file of the build is kept for use without a network.
import type { OfflineUse } from '../../workers/offline/offlineFile.ts';

/** The first that matches is the answer. */
const rules: readonly (readonly [RegExp, OfflineUse])[] = [
  // ONNX Runtime's builds for WebGPU; a browser uses one of them at most.
  [/^assets\/ort\b.*\bjspi\b/, 'jspi'],
  [/^assets\/ort\b.*\b(asyncify|webgpu)\b/, 'asyncify'],
  [/^assets\/.*\.wasm$/, 'main'],
  [/^assets\/.*\.(js|mjs|css)$/, 'shell'],
  [/^(index\.html|manifest\.webmanifest|icon\.svg|icons\/.*)$/, 'shell'],
  // What training, pictures and scores of the bundled model read.
  [/^models\/(dit-fashion-mnist|fashion-mnist-[a-z]+)\.(safetensors|json)$/, 'main'],
  [/^data\/fashion-mnist\/.*\.(z|json)$/, 'main'],
  [/^demo\//, 'main'],
];

export function offlineUse(path: string): OfflineUse {
  return rules.find(([pattern]) => pattern.test(path))?.[1] ?? 'later';
}
