// Packages that only a builder of bundled data needs: installed when it runs, beside the project, never shipped.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = join('.cache', 'packages');

/** Installs exact versions and answers with the folder that holds them. */
export function withPackages(versions: Readonly<Record<string, string>>): (path: string) => string {
  mkdirSync(folder, { recursive: true });
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, ...wanted], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return (path) => resolve(folder, 'node_modules', path);
}
