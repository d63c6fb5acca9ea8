import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';

const WEB = import.meta.dirname;
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'];
const COMPRESSED = /\.(?:html|js|css|svg)$/;

/**
 * Builds the dashboard into `dist/web`, each text beside its brotli form, so that the daemon compresses nothing.
 *
 * @param ifStale builds only when a source is newer than what was built.
 */
export async function buildDashboard(ifStale: boolean): Promise<void> {
  const out = join(WEB, '..', 'dist', 'web');
  if (ifStale && !isStale(join(out, 'built'))) return;
  await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'warn' });
  for (const file of filesIn(out).filter((name) => COMPRESSED.test(name))) {
    const text = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${file}.br`, brotliCompressSync(text, { params }));
  }
  // Written last: a build that was interrupted is begun anew.
  writeFileSync(join(out, 'built'), '');
}

function isStale(mark: string): boolean {
  if (!existsSync(mark)) return true;
  const builtAt = statSync(mark).mtimeMs;
  return SOURCES.flatMap((name) => filesIn(join(WEB, name))).some(
    (file) => statSync(file).mtimeMs > builtAt,
  );
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { 'if-stale': { type: 'boolean', default: false } } });
  await buildDashboard(values['if-stale']);
}
