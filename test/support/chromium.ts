import { chmodSync, createReadStream, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { extract } from 'tar-fs';

/** What is started, and in which environment. */
type Program = { readonly path: string; readonly env: Readonly<Record<string, string>> };

/** No first-run pages, no look-ups of the browser's own: tests talk to the loopback and to nothing else. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Names of browsers that people have installed, in the order in which they are taken. */
const INSTALLED = ['google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge'];

/**
 * A real Chromium: the one that `CHROME_PATH` names, an installed one, or the one out of npm.
 *
 * @returns `undefined` where there is none, unless `CI` or `REQUIRE_BROWSER` insists on one.
 */
export async function openChromium(): Promise<Browser | undefined> {
  const program = await findChromium();
  if (program === undefined) {
    const sentence = 'There is no Chromium here: install one, or name one by CHROME_PATH.';
    if (process.env['CI'] !== undefined || process.env['REQUIRE_BROWSER'] !== undefined) {
      throw new Error(sentence);
    }
    console.warn(`SKIPPED: ${sentence}`);
    return undefined;
  }
  return chromium.launch({ executablePath: program.path, args: FLAGS, env: program.env });
}

async function findChromium(): Promise<Program | undefined> {
  const env = ownEnvironment();
  const named = process.env['CHROME_PATH'];
  if (named !== undefined) return { path: named, env };
  const installed = findInstalled();
  if (installed !== undefined) return { path: installed, env };
  if (process.platform === 'linux' && process.arch === 'x64') return unpackedChromium(env);
  return undefined;
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

function findInstalled(): string | undefined {
  if (process.platform === 'darwin') {
    const path = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    return existsSync(path) ? path : undefined;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return INSTALLED.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
}

/**
 * Unpacks the browser out of its package, once for each version. The package does it by itself only
 * on the machines of one vendor: its libraries and fonts have to be found too, and a half unpacked
 * browser must not be taken for a whole one.
 */
async function unpackedChromium(env: Readonly<Record<string, string>>): Promise<Program> {
  const require = createRequire(import.meta.url);
  const parts = join(dirname(require.resolve('@sparticuz/chromium')), '..', 'bin');
  const { version } = JSON.parse(readFileSync(join(parts, '..', 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'carillon-tests');
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) await unpack(parts, cache, folder);
  return {
    path: join(folder, 'chromium'),
    env: {
      ...env,
      LD_LIBRARY_PATH: [join(folder, 'lib'), env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      FONTCONFIG_PATH: folder,
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      HOME: env['HOME'] ?? tmpdir(),
    },
  };
}

async function unpack(parts: string, cache: string, folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const half = mkdtempSync(join(cache, 'unpacking-'));
  const program = join(half, 'chromium');
  await pipeline(
    createReadStream(join(parts, 'chromium.br')),
    createBrotliDecompress({ chunkSize: 2 ** 20 }),
    createWriteStream(program),
  );
  chmodSync(program, 0o755);
  for (const part of ['al2023', 'fonts', 'swiftshader']) {
    await pipeline(
      createReadStream(join(parts, `${part}.tar.br`)),
      createBrotliDecompress(),
      extract(half),
    );
  }
  writeFileSync(join(half, 'fonts.conf'), fontsConfiguration(folder));
  try {
    renameSync(half, folder);
  } catch {
    // Another process was faster.
    rmSync(half, { recursive: true, force: true });
  }
}

function fontsConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
}
