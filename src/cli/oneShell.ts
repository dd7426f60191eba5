// Vite plugin: one file for all that the page loads at its start. Left alone, the bundler makes a chunk for every set of
// lazy parts that share a module; the start was then 36 files, and 14 KB larger than the same code compressed as one.
import type { Plugin } from 'vite';

export function oneShell(): Plugin {
  const shell = new Set<string>();
  return {
    name: 'one-shell',
    apply: 'build',
    config: () => ({
      build: {
        rolldownOptions: {
          output: { codeSplitting: { groups: [{ name: 'shell', test: (id: string) => shell.has(id) }] } },
        },
      },
    }),
    buildEnd() {
      const add = (id: string) => {
        if (shell.has(id)) return;
        shell.add(id);
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) add(next);
      };
      for (const id of this.getModuleIds()) if (id.endsWith('/index.html')) add(id);
    },
  };
}
