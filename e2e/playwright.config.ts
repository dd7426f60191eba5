// Tests in real Chromium. SCION_CHROMIUM names the browser; WebGPU is emulated in software where there is no GPU.
import { defineConfig } from '@playwright/test';

const enginePort = 4317;
const appPort = 4318;

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // Engines use every core they find.
  workers: 1,
  timeout: 120_000,
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: process.env.SCION_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Answers performance.measureUserAgentSpecificMemory() at once instead of at the next garbage collection.
        '--enable-blink-features=ForceEagerMeasureMemory',
      ],
    },
  },
  projects: [
    {
      name: 'engine',
      testDir: './engine',
      use: { baseURL: `http://localhost:${enginePort}` },
    },
    {
      name: 'app',
      testDir: './app',
      timeout: 600_000,
      use: {
        baseURL: `http://localhost:${appPort}`,
        viewport: { width: 1280, height: 720 },
        // Pages open as on a later visit, with the bare base; firstrun.spec.ts and offline.spec.ts take this back.
        storageState: {
          cookies: [],
          origins: [
            {
              origin: `http://localhost:${appPort}`,
              localStorage: [{ name: 'scion.tour', value: '"shown"' }],
            },
          ],
        },
        serviceWorkers: 'block',
      },
    },
  ],
  webServer: [
    {
      // The built page, so that what is checked is what the bundler makes of the runtime and its WebAssembly.
      command: `npx vite build -c engine/vite.config.ts && npx vite preview -c engine/vite.config.ts --strictPort --port ${enginePort}`,
      url: `http://localhost:${enginePort}`,
      timeout: 120_000,
    },
    {
      // The production build that `npm test` has just made.
      command: `npx vite preview --strictPort --port ${appPort}`,
      cwd: '..',
      url: `http://localhost:${appPort}`,
      timeout: 60_000,
    },
  ],
});
