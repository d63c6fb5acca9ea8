import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackage } from './installed-package.ts';
import { median } from './measure.ts';
import { endProcess, environment, memoryOf, startDaemon, startHttp } from './processes.ts';
import type { Size } from './size.ts';
import { atMost, mib, ms, type Row } from './table.ts';

const ROUNDS = 11;
const DAEMON_ROUNDS = 5;
const ROUNDS_QUICK = 3;
/** Memory is read when a process has been idle for this long. */
const SETTLE_MS = 500;
const ANSWER_WITHIN_MS = 20_000;
const ECHO_STDIO = join(import.meta.dirname, 'echo-stdio.mjs');
const ECHO_HTTP = join(import.meta.dirname, 'echo-http.mjs');

/** Start-up and memory of the pipe and of the daemon, beside bare servers of the SDK, in turns. */
export async function benchStartUp({ isQuick }: Size): Promise<readonly Row[]> {
  const data = mkdtempSync(join(tmpdir(), 'carillon-start-up-'));
  const installed = installPackage();
  try {
    // The first start makes keys and tables, and fills the cache of compiled code.
    await endProcess((await startDaemon(installed.main, data)).child);
    return [
      ...(await daemonRows(installed.main, data, isQuick ? ROUNDS_QUICK : DAEMON_ROUNDS)),
      ...(await pipeRows(installed.main, data, isQuick ? ROUNDS_QUICK : ROUNDS)),
    ];
  } finally {
    installed.remove();
    rmSync(data, { recursive: true, force: true });
  }
}

type Started = { readonly readyMs: number; readonly rss: number; readonly pss: number };

async function daemonRows(main: string, data: string, rounds: number): Promise<readonly Row[]> {
  const daemons: Started[] = [];
  const echoes: Started[] = [];
  for (let round = 0; round < rounds; round += 1) {
    echoes.push(await measureHttp(() => startHttp((port) => [ECHO_HTTP, String(port)], '/mcp')));
    daemons.push(await measureHttp(() => startDaemon(main, data)));
  }
  return rowsOf('daemon', daemons, 'bare HTTP server', echoes, undefined);
}

async function measureHttp(start: () => ReturnType<typeof startHttp>): Promise<Started> {
  const { child, readyMs } = await start();
  await sleep(SETTLE_MS);
  const memory = memoryOf(child.pid);
  await endProcess(child);
  return { readyMs, ...memory };
}

async function pipeRows(main: string, data: string, rounds: number): Promise<readonly Row[]> {
  const daemon = await startDaemon(main, data);
  try {
    const pipes: Started[] = [];
    const echoes: Started[] = [];
    for (let round = 0; round < rounds; round += 1) {
      echoes.push(await measureStdio([ECHO_STDIO]));
      pipes.push(await measureStdio([main, 'mcp', '--data', data]));
    }
    return rowsOf('pipe', pipes, 'bare stdio server', echoes, 1.5);
  } finally {
    await endProcess(daemon.child);
  }
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1.0.0' },
  },
};

/** From the start of the process to its answer to `initialize`, which is sent at once. */
async function measureStdio(args: readonly string[]): Promise<Started> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environment(),
  });
  child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const [bytes] = (await once(child.stdout, 'data', { signal })) as [Buffer];
  const readyMs = performance.now() - start;
  if (!bytes.toString().includes('serverInfo')) throw new Error(`It answered: ${bytes.toString()}`);
  await sleep(SETTLE_MS);
  const memory = memoryOf(child.pid);
  await endProcess(child);
  return { readyMs, ...memory };
}

function rowsOf(
  name: string,
  ours: readonly Started[],
  otherName: string,
  others: readonly Started[],
  readyRatioMax: number | undefined,
): readonly Row[] {
  const of = (all: readonly Started[], key: keyof Started): number =>
    median(all.map((one) => one[key]));
  const ready = of(ours, 'readyMs') / of(others, 'readyMs');
  return [
    {
      what: `${name}: start to first answer`,
      ours: ms(of(ours, 'readyMs')),
      other: `${ms(of(others, 'readyMs'))} ${otherName}`,
      ratio: ready,
      aim: readyRatioMax === undefined ? undefined : atMost(ready, readyRatioMax),
    },
    {
      what: `${name}: memory when idle, resident (proportional)`,
      ours: `${mib(of(ours, 'rss'))} (${mib(of(ours, 'pss'))})`,
      other: `${mib(of(others, 'rss'))} (${mib(of(others, 'pss'))}) ${otherName}`,
      ratio: of(ours, 'rss') / of(others, 'rss'),
      aim: undefined,
    },
  ];
}
