// Builds and serves the page of the canvas benchmark; no part of the product.
import { mergeConfig } from 'vite';
import base from '../../../../vite.config.ts';

export default mergeConfig(base, {
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: '../../../../.cache/bench-canvas',
    emptyOutDir: true,
    rollupOptions: { input: `${import.meta.dirname}/page.html` },
  },
  logLevel: 'warn',
});
