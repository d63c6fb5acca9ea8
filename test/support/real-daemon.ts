import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDaemonNotice } from '../../src/installation/daemon-notice.ts';

/** The command line as it runs from a checkout. */
export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const READY_WITHIN_MS = 20_000;

export type RealDaemon = {
  readonly data: string;
  readonly process: ChildProcess;
  readonly origin: string;
  readonly token: string;
  /** Ends the process and waits for that. */
  kill(signal: NodeJS.Signals): Promise<void>;
};

export type Ran = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'carillon-test-'));
}

/** Starts the real daemon, in a process of its own, on a port that the system picks. */
export async function startDaemon(
  data: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<RealDaemon> {
  const child = spawn(
    process.execPath,
    ['--disable-sigusr1', MAIN, 'serve', '--data', data, '--port', '0', ...args],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } },
  );
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-8_000);
  });
  const until = performance.now() + READY_WITHIN_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null)
      throw new Error(`the daemon ended with ${child.exitCode}:\n${said}`);
    const notice = readNotice(data, child.pid);
    if (notice !== undefined && (await isHealthy(notice.origin))) {
      const token = readToken(data);
      return { data, process: child, origin: notice.origin, token, kill: (s) => endOf(child, s) };
    }
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new Error(`the daemon did not get ready:\n${said}`);
}

/** Runs a command of the real command line to its end. */
export function carillon(
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: 'pipe',
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdin.end(options.input ?? '');
  return collect(child);
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function collect(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  return new Promise((done) => {
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}

function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill(signal);
  });
}

function readNotice(data: string, pid: number | undefined): { origin: string } | undefined {
  const notice = readDaemonNotice(join(data, 'run', 'daemon.json'));
  if (notice?.http === undefined || notice.pid !== pid) return undefined;
  return { origin: `http://127.0.0.1:${notice.http.port}` };
}

/** A daemon without authentication has none. */
function readToken(data: string): string {
  const file = join(data, 'token');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

async function isHealthy(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/healthz`)).ok;
  } catch {
    return false;
  }
}
