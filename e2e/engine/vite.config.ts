// Builds the page of the engine checks; no part of the product.
import { mergeConfig } from 'vite';
import base from '../../vite.config.ts';

export default mergeConfig(base, {
  root: import.meta.dirname,
  publicDir: false,
  build: { outDir: '../../.cache/engine-checks', emptyOutDir: true, assetsInlineLimit: 0 },
  logLevel: 'warn',
});
