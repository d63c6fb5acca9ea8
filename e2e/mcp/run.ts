/* Checks the MCP doors with the MCP project's own tools: `npm run test:mcp`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  MAIN,
  startDaemon,
  temporaryFolder,
  removeFolder,
} from '../../test/support/real-daemon.ts';
import { runAuthorization } from './authorization.ts';

const HERE = import.meta.dirname;
const REVISIONS = ['2025-11-25', '2026-07-28'];
const STEP_MS_MAX = 180_000;

let passed = 0;
let failed = 0;

/** Runs one tool to its end; it must leave with 0 and print `expected`. */
function step(what: string, command: string, args: readonly string[], expected: string): void {
  const ran = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: STEP_MS_MAX,
    env: { ...process.env, MCP_INSPECTOR_SECRET_STORE: 'memory' },
  });
  tell(
    what,
    ran.status === 0 && ran.stdout.includes(expected),
    `${ran.stdout.slice(-3_000)}\n${ran.stderr.slice(-2_000)}`,
  );
}

function tell(what: string, isFine: boolean, said: string): void {
  if (isFine) passed += 1;
  else failed += 1;
  console.log(`${isFine ? '✓' : '✗'} ${what}`);
  if (!isFine) console.log(said);
}

function tool(name: string): string {
  return resolve(HERE, 'node_modules/.bin', name);
}

function inspect(door: readonly string[], origin: string): void {
  const inspector = tool('mcp-inspector');
  for (const era of ['legacy', 'modern']) {
    const base = ['--cli', ...door, '--protocol-era', era];
    step(
      `inspector lists the tools, ${era}, ${origin}`,
      inspector,
      [...base, '--method', 'tools/list'],
      'create_task',
    );
    step(
      `inspector calls a tool, ${era}, ${origin}`,
      inspector,
      [
        ...base,
        '--method',
        'tools/call',
        '--tool-name',
        'preview_schedule',
        '--tool-arg',
        'when=every weekday at 9',
        '--tool-arg',
        'timezone=Europe/Berlin',
      ],
      'Europe/Berlin',
    );
  }
}

console.log('Installing the tools into e2e/mcp (without install scripts)…');
step('npm ci', 'npm', ['ci', '--ignore-scripts', '--prefix', HERE], '');

const data = temporaryFolder();
const results = mkdtempSync(join(tmpdir(), 'carillon-conformance-'));
const daemon = await startDaemon(data, {}, ['--no-auth']);
try {
  inspect([`${daemon.origin}/mcp`, '--transport', 'http'], 'HTTP');
  inspect([process.execPath, MAIN, 'mcp', '--data', data], 'stdio');
  for (const revision of REVISIONS) {
    step(
      `conformance ${revision}: only scenarios that need fixtures fail`,
      tool('conformance'),
      [
        'server',
        '--url',
        `${daemon.origin}/mcp`,
        '--requirements',
        revision,
        '--expected-failures',
        join(HERE, `expected-failures-${revision}.yml`),
        '-o',
        join(results, revision),
      ],
      'Baseline check passed',
    );
  }
} finally {
  await daemon.kill('SIGTERM');
  removeFolder(data);
}

const guarded = await startDaemon(temporaryFolder());
try {
  const folder = join(results, 'authorization');
  const { code, said } = await runAuthorization(tool('conformance'), guarded, folder, STEP_MS_MAX);
  tell('conformance authorization', code === 0, said);
} finally {
  await guarded.kill('SIGTERM');
  removeFolder(guarded.data);
  rmSync(results, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
