import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package: of the checkout, or of the published package. */
export function packageFolder(): string {
  let folder = import.meta.dirname;
  // Sources lie two levels down, bundles one.
  for (let level = 0; level < LEVELS_MAX && !existsSync(join(folder, MANIFEST)); level += 1) {
    folder = dirname(folder);
  }
  return folder;
}

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), MANIFEST), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

const MANIFEST = 'package.json';
const LEVELS_MAX = 3;
