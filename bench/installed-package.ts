import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

type InstalledPackage = {
  /** The file that `carillon` starts. */
  readonly main: string;
  remove(): void;
};

const ROOT = resolve(import.meta.dirname, '..');

/** Builds the package and lays out what a user of the published one has. */
export function installPackage(): InstalledPackage {
  const built = spawnSync(process.execPath, [join(ROOT, 'tools', 'build', 'build.ts')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`The build failed: ${built.stderr}`);
  const folder = mkdtempSync(join(tmpdir(), 'carillon-package-'));
  for (const name of ['package.json', 'bin', 'dist']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  return {
    main: join(folder, 'bin', 'carillon.cjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
