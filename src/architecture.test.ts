// Walks all imports and holds them to the table of ARCHITECTURE.md: who may know whom.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;

/** Folders that each folder may import besides itself and `lib`. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  graph: [],
  formats: ['graph'],
  storage: [],
  engine: ['graph', 'formats'],
  operators: ['graph', 'plan'],
  plan: ['operators'],
  models: ['graph', 'operators', 'plan'],
  diffusion: ['graph', 'models'],
  metrics: ['graph', 'engine', 'formats', 'models'],
  train: ['graph', 'engine', 'formats', 'operators', 'plan', 'models', 'diffusion', 'metrics', 'storage'],
  generator: [
    'graph',
    'engine',
    'formats',
    'operators',
    'plan',
    'models',
    'diffusion',
    'metrics',
    'train',
    'storage',
  ],
  workers: [
    'generator',
    'graph',
    'engine',
    'formats',
    'operators',
    'plan',
    'models',
    'diffusion',
    'metrics',
    'train',
    'storage',
  ],
  store: ['formats', 'operators', 'plan', 'models', 'storage', 'workers'],
  app: ['formats', 'operators', 'plan', 'models', 'storage', 'workers', 'store'],
};

/** Packages that only some folders may know. */
const packages: Readonly<Record<string, readonly string[]>> = {
  react: ['app', 'store'],
  'react-dom': ['app'],
  '@xyflow/react': ['app'],
  uplot: ['app'],
  zustand: ['store', 'app'],
  'onnxruntime-web': ['engine'],
  'onnxruntime-node': ['engine'],
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'golden-data' ? [] : filesBelow(path);
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [path] : [];
  });
}

interface Import {
  readonly file: string;
  readonly from: string;
  readonly target: string;
}

/** Static imports, type-only ones included: a type is knowledge too. */
function importsOf(path: string): Import[] {
  const file = relative(root, path).replaceAll('\\', '/');
  const from = file.split('/')[0] ?? '';
  const text = readFileSync(path, 'utf8');
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g,
  );
  return [...statements].map((match) => ({ file, from, target: resolved(path, match[1] ?? match[2] ?? '') }));
}

function resolved(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, resolve(dirname(path), specifier)).replaceAll('\\', '/');
}

const imports = filesBelow(root).flatMap(importsOf);

describe('who may know whom', () => {
  it('finds the imports', () => {
    expect(imports.length).toBeGreaterThan(500);
  });

  it('folders import only what the table allows', () => {
    const wrong = imports.filter(({ from, target }) => {
      const permitted = allowed[from];
      const folder = target.split('/')[0] ?? '';
      if (!permitted || !(folder in allowed)) return false;
      return folder !== from && folder !== 'lib' && !permitted.includes(folder);
    });
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('packages stay where they belong', () => {
    const wrong = imports.filter(({ from, target }) => {
      const owner = Object.keys(packages).find((name) => target === name || target.startsWith(`${name}/`));
      return owner !== undefined && from !== 'cli' && !packages[owner]?.includes(from);
    });
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('only the command line knows Node', () => {
    const wrong = imports.filter(({ from, target }) => from !== 'cli' && target.startsWith('node:'));
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });
});
