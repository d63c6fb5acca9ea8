import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  carillon,
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Fields = Readonly<Record<string, unknown>>;

let data: string;
let daemon: RealDaemon;

beforeEach(async () => {
  data = temporaryFolder();
  daemon = await startDaemon(data);
}, 30_000);

afterEach(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(data);
});

async function api(path: string, body?: Fields): Promise<Fields> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer as Fields;
}

async function add(name: string, when: string, command: string, more: Fields = {}): Promise<void> {
  await api('/tasks', { name, when, action: { kind: 'command', command }, ...more });
}

async function runsOf(task: string): Promise<readonly Fields[]> {
  const { runs } = await api(`/runs?task=${encodeURIComponent(task)}`);
  return runs as readonly Fields[];
}

async function until<T>(what: () => Promise<T | undefined>, withinMs = 15_000): Promise<T> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const found = await what();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error('it did not happen in time');
}

async function connect(name: string): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [MAIN, 'mcp', '--data', data] }),
  );
  return client;
}

/** The processes whose environment carries this run's id. */
function processesOf(run: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CARILLON_RUN_ID=${run}`);
      } catch {
        return false;
      }
    });
}

describe('a killed daemon', () => {
  it('finds its run again: one attempt, whole output, exit code, nothing missing, nothing twice', async () => {
    await add(
      'slow',
      'in 1 second',
      'for i in 1 2 3 4 5; do echo "line $i"; sleep 0.6; done; exit 0',
    );
    const started = await until(async () =>
      (await runsOf('slow')).find((run) => run['state'] === 'running'),
    );
    await until(async () => {
      const { text } = await api(`/runs/${String(started['id'])}/output`);
      return String(text).includes('line 1') ? true : undefined;
    });
    await daemon.kill('SIGKILL');
    await sleep(700);
    daemon = await startDaemon(data);
    const run = String(started['id']);
    const waited = await carillon(['runs', 'wait', run, '--data', data]);
    expect(waited.code, waited.stderr).toBe(0);
    const ended = await api(`/runs/${run}`);
    expect(ended).toMatchObject({ state: 'succeeded', attempt: 1, exit_code: 0 });
    const logs = await carillon(['runs', 'logs', run, '--data', data]);
    expect(logs.stdout).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n');
    expect(await runsOf('slow')).toHaveLength(1);
    const explained = await carillon(['explain', run, '--data', data]);
    expect(explained.stdout).toMatch(/succeeded/);
  }, 40_000);

  it('learns how a run ended that ended while it was gone', async () => {
    await add('short', 'in 1 second', 'echo begun; sleep 1; echo done; exit 3');
    const started = await until(async () =>
      (await runsOf('short')).find((run) => run['state'] === 'running'),
    );
    // Claimed is not yet begun: only what has printed is sure to be there.
    await until(async () => {
      const { text } = await api(`/runs/${String(started['id'])}/output`);
      return String(text).includes('begun') ? true : undefined;
    });
    await daemon.kill('SIGKILL');
    await sleep(1_300);
    daemon = await startDaemon(data);
    const run = String(started['id']);
    const waited = await carillon(['runs', 'wait', run, '--data', data]);
    expect(waited.code).toBe(10);
    expect(await api(`/runs/${run}`)).toMatchObject({
      state: 'failed',
      attempt: 1,
      exit_code: 3,
    });
    const logs = await carillon(['runs', 'logs', run, '--data', data]);
    expect(logs.stdout).toBe('begun\ndone\n');
  }, 40_000);
});

describe('a task that nobody watches', () => {
  it('fires after the client that made it has gone', async () => {
    const client = await connect('someone');
    const made = await client.callTool({
      name: 'create_task',
      arguments: {
        name: 'alone',
        when: 'in 2 seconds',
        action: { kind: 'command', argv: ['/bin/echo', 'alone'] },
      },
    });
    expect(made.isError ?? false).toBe(false);
    await client.close();
    const run = await until(async () =>
      (await runsOf('alone')).find((one) => one['state'] === 'succeeded'),
    );
    const detail = await api(`/runs/${String(run['id'])}`);
    expect(Number(detail['lateness_ms'])).toBeLessThan(3_000);
  }, 30_000);
});

describe('two clients and the command line at once', () => {
  it('share one daemon and never meet a locked database', async () => {
    const clients = await Promise.all([connect('one'), connect('two')]);
    const work: Promise<unknown>[] = [];
    for (let index = 0; index < 4; index += 1) {
      for (const [which, client] of clients.entries()) {
        work.push(
          client
            .callTool({
              name: 'create_task',
              arguments: {
                name: `c${which} ${index}`,
                when: 'every day at 9',
                action: { kind: 'command', argv: ['true'] },
              },
            })
            .then((result) => expect(result.isError ?? false).toBe(false)),
        );
      }
      work.push(
        carillon([
          'tasks',
          'add',
          `cli ${index}`,
          '--data',
          data,
          '--when',
          'every day at 10',
          '--',
          'true',
        ]).then((ran) => expect(ran.code, ran.stderr).toBe(0)),
      );
    }
    await Promise.all(work);
    const status = await api('/status');
    expect(status).toMatchObject({ tasks: { active: 12 } });
    expect(JSON.parse(readFileSync(`${data}/run/daemon.json`, 'utf8'))).toMatchObject({
      pid: daemon.process.pid,
    });
    await Promise.all(clients.map((client) => client.close()));
  }, 60_000);
});

describe('a run that will not go', () => {
  it('is gone after its timeout, with the grandchild that left its group and ignores TERM', async () => {
    const stubborn = `trap '' TERM; setsid sh -c "trap '' TERM; while :; do sleep 1; done" & while :; do sleep 1; done`;
    await add('stubborn', 'every day at 9', stubborn, { timeout: '1s' });
    const ran = await carillon(['tasks', 'run', 'stubborn', '--data', data, '--wait']);
    expect(ran.code, ran.stderr).toBe(11);
    const [run] = await runsOf('stubborn');
    expect(processesOf(String(run?.['id']))).toEqual([]);
  }, 30_000);

  it('may print a great deal while the memory of the daemon stays flat', async () => {
    await add('flood', 'every day at 9', 'head -c 400000000 /dev/zero | tr "\\0" x', {
      timeout: '60s',
    });
    const before = residentBytes(daemon);
    const ran = await carillon(['tasks', 'run', 'flood', '--data', data, '--wait']);
    expect(ran.code, ran.stderr).toBe(0);
    const [run] = await runsOf('flood');
    expect(await api(`/runs/${String(run?.['id'])}`)).toMatchObject({
      output_bytes: 400_000_000,
      output_is_cut: true,
    });
    expect(residentBytes(daemon) - before).toBeLessThan(96 * 1024 * 1024);
  }, 60_000);
});

function residentBytes(of: RealDaemon): number {
  const status = readFileSync(`/proc/${of.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
