import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Dashboard, DashboardFile } from '../http/dashboard.ts';
import { packageFolder } from '../installation/package.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built dashboard of this package. Its files are listed once and read when first asked for. */
export function openDashboard(): Dashboard {
  const folder = join(packageFolder(), 'dist', 'web');
  const names = new Set(existsSync(folder) ? listFiles(folder) : []);
  const read = new Map<string, DashboardFile>();
  return (path) => {
    const type = TYPES[extname(path)];
    if (type === undefined || !names.has(path)) return undefined;
    const file = read.get(path) ?? readFile(folder, path, type, names);
    read.set(path, file);
    return file;
  };
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  );
}

function readFile(
  folder: string,
  path: string,
  type: string,
  names: ReadonlySet<string>,
): DashboardFile {
  const brotli = `${path}.br`;
  return {
    type,
    bytes: new Uint8Array(readFileSync(join(folder, path))),
    brotli: names.has(brotli) ? new Uint8Array(readFileSync(join(folder, brotli))) : undefined,
  };
}
