import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../src');

type Room = {
  /** Rooms that it may import from, besides itself. */
  readonly rooms: readonly string[];
  /** Packages and Node modules that it may import. */
  readonly packages: readonly string[];
};

const INNER = ['domain', 'ports'];

/** The table of rooms: `ARCHITECTURE.md` explains it, this test keeps it true. */
const ROOMS: Readonly<Record<string, Room>> = {
  domain: { rooms: [], packages: ['rrule-temporal'] },
  ports: { rooms: ['domain'], packages: [] },
  service: { rooms: INNER, packages: [] },
  engine: { rooms: INNER, packages: [] },
  store: { rooms: INNER, packages: ['kysely', 'node:sqlite', 'node:fs', 'node:timers/promises'] },
  output: { rooms: INNER, packages: ['node:fs', 'node:fs/promises', 'node:path'] },
  secrets: {
    rooms: INNER,
    packages: ['node:crypto', 'node:fs', 'node:fs/promises', 'node:path'],
  },
  access: {
    rooms: [...INNER, 'secrets', 'egress'],
    packages: ['oidc-provider', 'node:crypto', 'node:http', 'node:net', 'node:util'],
  },
  egress: {
    rooms: INNER,
    packages: [
      'ipaddr.js',
      'undici',
      'node:dns/promises',
      'node:net',
      'node:os',
      'node:stream',
      'node:tls',
      'node:zlib',
    ],
  },
  executors: {
    rooms: [...INNER, 'egress'],
    packages: [
      'ai',
      '@ai-sdk/openai',
      '@ai-sdk/openai-compatible',
      '@ai-sdk/anthropic',
      '@ai-sdk/google',
      '@ai-sdk/amazon-bedrock',
      'zod',
      'node:child_process',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:os',
      'node:path',
      'node:process',
      'node:timers',
      'node:util',
    ],
  },
  // Mail is the one thing that `egress` cannot carry; banners are programs of the system.
  channels: {
    rooms: [...INNER, 'egress'],
    packages: [
      'nodemailer',
      'zod',
      'node:child_process',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:path',
    ],
  },
  api: { rooms: ['domain', 'ports', 'service'], packages: ['zod'] },
  mcp: {
    rooms: [...INNER, 'service', 'api'],
    packages: ['@modelcontextprotocol/server', 'zod', 'node:stream', 'node:crypto'],
  },
  http: {
    rooms: [...INNER, 'service', 'api'],
    packages: [
      'hono',
      'zod',
      '@hono/node-server',
      '@modelcontextprotocol/server',
      'node:crypto',
      'node:http',
      'node:net',
      'node:perf_hooks',
    ],
  },
  // Of `api` it takes types alone: the bundle of the client holds nothing of the daemon.
  client: { rooms: ['api'], packages: ['zod'] },
  installation: {
    rooms: ['domain'],
    packages: ['node:crypto', 'node:fs', 'node:os', 'node:path', 'node:process'],
  },
  // `serve` and `--standalone` become the daemon; a profile's own flags are read by its own settings.
  cli: {
    rooms: ['domain', 'api', 'client', 'installation', 'daemon', 'compat'],
    packages: ['commander', 'temporal-polyfill', 'yaml', 'node:*'],
  },
  compat: { rooms: [...INNER, 'service', 'api'], packages: ['zod', 'yaml', 'node:crypto'] },
  daemon: { rooms: ['*'], packages: ['*'] },
};

type Import = { readonly file: string; readonly from: string; readonly target: string };

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\b[^;'"`]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm,
  );
  return [...found].map((match) => ({
    file: relative(SOURCE, file),
    from: roomOf(file),
    target: match[1] ?? match[2] ?? match[3] ?? '',
  }));
}

function roomOf(file: string): string {
  return relative(SOURCE, file).split('/')[0] ?? '';
}

function isAllowed({ file, from, target }: Import): boolean {
  const room = ROOMS[from];
  if (room === undefined) return false;
  if (target.startsWith('.')) {
    const to = roomOf(resolve(dirname(join(SOURCE, file)), target));
    return to === from || room.rooms.includes('*') || room.rooms.includes(to);
  }
  return room.packages.some(
    (name) =>
      name === '*' ||
      target === name ||
      (name.endsWith('*') ? target.startsWith(name.slice(0, -1)) : target.startsWith(`${name}/`)),
  );
}

const files = sourceFiles(SOURCE).filter((file) => relative(SOURCE, file).includes('/'));

describe('the rooms', () => {
  it('import only what the table allows', () => {
    const wrong = files
      .flatMap(importsOf)
      .filter((one) => !isAllowed(one))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('are the folders of the table, no more and no fewer', () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(folders.sort()).toEqual(Object.keys(ROOMS).sort());
  });

  it('have no file named for nothing in particular', () => {
    const vague = /\/(utils?|common|helpers?|types|index|misc)\.ts$/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  it('read the environment and the clock only where the daemon and the command line do', () => {
    const reads = files
      .filter((file) => !['daemon', 'cli', 'installation'].includes(roomOf(file)))
      .filter((file) =>
        /process\.env|Date\.now\(|new Date\(\)|Math\.random\(/.test(readFileSync(file, 'utf8')),
      )
      .map((file) => relative(SOURCE, file));
    expect(reads).toEqual([]);
  });
});
