import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';
import { accountOf } from './account-of.ts';

const WITHIN_MS = 30_000;

describe('a daemon in hardship', () => {
  const daemons: RealDaemon[] = [];
  const folders: string[] = [];
  const mounted: string[] = [];

  afterEach(async () => {
    await Promise.all(daemons.splice(0).map((daemon) => daemon.kill('SIGKILL')));
    for (const folder of mounted.splice(0)) execFileSync('umount', ['--lazy', folder]);
    for (const folder of folders.splice(0)) removeFolder(folder);
  });

  async function start(data: string, ...args: string[]): Promise<RealDaemon> {
    const daemon = await startDaemon(data, {}, args);
    daemons.push(daemon);
    return daemon;
  }

  function folder(): string {
    const made = temporaryFolder();
    folders.push(made);
    return made;
  }

  it('covers every occurrence after it was suspended', { timeout: 60_000 }, async () => {
    const data = folder();
    const daemon = await start(data);
    await create(daemon, {
      name: 'ticking',
      when: { every: '1s' },
      action: echo(join(data, 'effects')),
      overlap: 'queue_all',
    });
    await sleep(1_500);
    daemon.process.kill('SIGSTOP');
    await sleep(3_000);
    daemon.process.kill('SIGCONT');
    await sleep(2_500);
    await daemon.kill('SIGTERM');
    const account = accountOf(join(data, 'carillon.db'), join(data, 'effects'), 1_000);
    expect(account.wrong).toEqual([]);
    expect(account.slots).toBeGreaterThanOrEqual(6);
    expect(account.effects).toBe(account.slots);
  });

  it(
    'ends 50 requests to an endpoint that never answers, each within a second of its timeout, and carries out the rest meanwhile',
    { timeout: 90_000 },
    async () => {
      const data = folder();
      const endpoint = await silentServer();
      const daemon = await start(data);
      const at = Temporal.Now.instant().add({ seconds: 4 }).toString();
      for (let index = 0; index < 50; index += 1) {
        const url = `http://127.0.0.1:${endpoint.port}/${index}`;
        await create(daemon, {
          name: `hanging-${index}`,
          when: at,
          timeout: '3s',
          action: { kind: 'http', url },
        });
      }
      await create(daemon, {
        name: 'ticking',
        when: { every: '1s' },
        action: echo(join(data, 'effects')),
        overlap: 'allow',
      });
      await until(
        async () =>
          (await runsOf(daemon, 'succeeded')).length >= 6 &&
          (await runsOf(daemon, 'failed')).length === 50,
      );
      const failed = await runsOf(daemon, 'failed');
      expect(new Set(failed.map((run) => run.outcome))).toEqual(new Set(['timed_out']));
      const tookMs = failed.map((run) => between(run.started_at, run.ended_at));
      expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(2_900);
      expect(Math.max(...tookMs)).toBeLessThanOrEqual(4_000);
      const lateMs = (await runsOf(daemon, 'succeeded')).map((run) =>
        between(run.scheduled_for, run.started_at),
      );
      expect(Math.max(...lateMs)).toBeLessThan(3_000);
    },
  );

  it('goes on after its file descriptors ran out', { timeout: 90_000 }, async () => {
    if (!hasProgram('prlimit')) return skipLoudly('prlimit is not installed');
    const data = folder();
    const daemon = await start(data);
    await create(daemon, {
      name: 'ticking',
      when: { every: '1s' },
      action: echo(join(data, 'effects')),
      overlap: 'queue_all',
    });
    execFileSync('prlimit', [`--pid=${String(daemon.process.pid)}`, '--nofile=96:96']);
    const { port } = new URL(daemon.origin);
    const sockets = await Promise.all(Array.from({ length: 120 }, () => idleSocket(Number(port))));
    await sleep(2_500);
    expect(daemon.process.exitCode).toBeNull();
    for (const socket of sockets) socket.destroy();
    let count = Infinity;
    await until(async () => {
      count = (await runsOf(daemon, undefined)).length;
      return true;
    });
    await until(async () => (await runsOf(daemon, undefined)).length > count + 1);
    await daemon.kill('SIGTERM');
    const account = accountOf(join(data, 'carillon.db'), join(data, 'effects'), 1_000);
    expect(account.wrong).toEqual([]);
  });

  it(
    'raises an alarm while the disk is full, and goes on by itself when there is room again',
    { timeout: 120_000 },
    async () => {
      const data = folder();
      if (!mountSmall(data)) return skipLoudly('a small file system cannot be mounted here');
      mounted.push(data);
      const daemon = await start(data);
      const effects = join(folder(), 'effects');
      await create(daemon, {
        name: 'ticking',
        when: { every: '1s' },
        action: echo(effects),
        overlap: 'queue_all',
        catch_up: 'all',
      });
      await until(async () => (await runsOf(daemon, 'succeeded')).length >= 2);
      fill(data);
      await until(async () => (await alarmsOf(daemon)).includes('disk_full'));
      const ballast = join(data, 'ballast');
      await sleep(2_000);
      expect(daemon.process.exitCode).toBeNull();
      rmSync(ballast);
      const before = (await runsOf(daemon, 'succeeded')).length;
      await until(async () => (await runsOf(daemon, 'succeeded')).length > before + 1);
      expect(await alarmsOf(daemon)).toEqual([]);
      await daemon.kill('SIGTERM');
      const account = accountOf(join(data, 'carillon.db'), effects, 1_000);
      expect(account.wrong).toEqual([]);
    },
  );
});

type RunView = {
  readonly state: string;
  readonly outcome: string | null;
  readonly scheduled_for: string;
  readonly started_at: string;
  readonly ended_at: string;
};

function echo(file: string): object {
  const command = `printf '%s %s %s\\n' "$CARILLON_RUN_ID" "$CARILLON_SCHEDULED_FOR" "$CARILLON_ATTEMPT" >> '${file}'`;
  return { kind: 'command', command };
}

async function create(daemon: RealDaemon, body: object): Promise<void> {
  const answer = await fetch(`${daemon.origin}/api/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The daemon answered ${answer.status}: ${await answer.text()}`);
}

async function get(daemon: RealDaemon, path: string): Promise<unknown> {
  const answer = await fetch(`${daemon.origin}/api/v1${path}`, {
    headers: { authorization: `Bearer ${daemon.token}` },
  });
  if (!answer.ok) throw new Error(`The daemon answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function alarmsOf(daemon: RealDaemon): Promise<readonly string[]> {
  return ((await get(daemon, '/status')) as { readonly alarms: readonly string[] }).alarms;
}

async function runsOf(daemon: RealDaemon, state: string | undefined): Promise<readonly RunView[]> {
  const page = await get(daemon, `/runs?limit=50${state === undefined ? '' : `&states=${state}`}`);
  return (page as { readonly runs: readonly RunView[] }).runs;
}

/** Asks again until it is so; an answer that fails counts as not yet. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  let failure: unknown;
  const look = async (): Promise<boolean> => {
    try {
      return await isSo();
    } catch (error) {
      failure = error;
      return false;
    }
  };
  while (!(await look())) {
    if (performance.now() > end)
      throw new Error(`It was not so within ${WITHIN_MS} ms.`, { cause: failure });
    await sleep(200);
  }
}

function between(from: string, to: string): number {
  return (
    Temporal.Instant.from(to).epochMilliseconds - Temporal.Instant.from(from).epochMilliseconds
  );
}

/** Accepts and never answers. */
async function silentServer(): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port };
}

function idleSocket(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(socket));
  });
}

const FILE_SYSTEM_MB = 8;

function mountSmall(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${FILE_SYSTEM_MB}m`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

function fill(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(bavail * bsize));
}

function hasProgram(name: string): boolean {
  return ['/usr/bin', '/bin', '/usr/sbin'].some((folder) => existsSync(join(folder, name)));
}

function skipLoudly(reason: string): void {
  console.warn(`SKIPPED: ${reason}, so this was not tested.`);
}
