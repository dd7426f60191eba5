// Installs the project's packages where they are missing or older than the lockfile. Plain JavaScript: it runs first.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
if (!isCurrent) {
  console.log('Installing packages …');
  // Not `npm ci`: it refuses where a registry lacks optional packages of other platforms, which nothing here needs.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error('The packages could not be installed; see the lines above, then run the command again.');
    process.exit(1);
  }
}
