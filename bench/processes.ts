import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './measure.ts';

const READY_WITHIN_MS = 30_000;
const END_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 2;

export type HttpProcess = {
  readonly child: ChildProcess;
  readonly origin: string;
  /** Milliseconds from its start to its first answer. */
  readonly readyMs: number;
};

/** Starts a server on a port and waits for its first answer to a GET of `path`. */
export async function startHttp(
  args: (port: number) => readonly string[],
  path: string,
): Promise<HttpProcess> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const start = performance.now();
  const child = spawn(process.execPath, args(port), { stdio: 'ignore', env: environment() });
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    try {
      await (await fetch(`${origin}${path}`)).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  };
  await until(answers, READY_WITHIN_MS, LOOK_EVERY_MS);
  return { child, origin, readyMs: performance.now() - start };
}

/** `carillon serve` on a data folder. */
export function startDaemon(main: string, data: string): Promise<HttpProcess> {
  return startHttp(
    (port) => ['--disable-sigusr1', main, 'serve', '--data', data, '--port', String(port)],
    '/healthz',
  );
}

export function tokenOf(data: string): string {
  return readFileSync(join(data, 'token'), 'utf8').trim();
}

/** Asks a process to end, insists after a while, and waits for its end. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

/** Resident memory of a process in KiB, and its proportional share where pages are shared. */
export function memoryOf(pid: number | undefined): { readonly rss: number; readonly pss: number } {
  const rss = numberIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m);
  const pss = numberIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m);
  return { rss, pss };
}

function numberIn(file: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1]);
  } catch {
    // Not Linux.
    return Number.NaN;
  }
}

/** The variables of this process without those that would be settings of a daemon. */
export function environment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('CARILLON_')) kept[name] = value;
  }
  return kept;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
