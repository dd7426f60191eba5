import base from './playwright.config.ts';
const port = 4556;
const apps = (base.projects ?? []).filter((p) => p.name === 'app').map((p) => ({ ...p, use: { ...p.use, baseURL: `http://localhost:${port}`, storageState: { cookies: [], origins: [{ origin: `http://localhost:${port}`, localStorage: [{ name: 'scion.tour', value: '"shown"' }] }] } } }));
export default { ...base, outputDir: '/tmp/pw-x-results', projects: apps, webServer: [{ command: `npx vite preview --outDir /tmp/dist-x --strictPort --port ${port}`, url: `http://localhost:${port}`, cwd: '..', reuseExistingServer: true }] };
