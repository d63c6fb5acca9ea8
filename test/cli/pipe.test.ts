import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDaemonNotice } from '../../src/installation/daemon-notice.ts';
import {
  carillon,
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';
import { INITIALIZE, spawnMcp, type McpProcess } from './mcp-process.ts';

function pipe(folder: string, ...words: string[]): McpProcess {
  return spawnMcp(process.execPath, [MAIN, 'mcp', '--data', folder, ...words]);
}

async function began(client: McpProcess): Promise<McpProcess> {
  client.send(INITIALIZE);
  expect(await client.receive()).toMatchObject({
    id: 1,
    result: { serverInfo: { name: 'carillon' } },
  });
  return client;
}

describe('the pipe', () => {
  let folder: string;
  let daemon: RealDaemon;

  beforeAll(async () => {
    folder = temporaryFolder();
    daemon = await startDaemon(folder);
  });

  afterAll(async () => {
    await daemon.kill('SIGKILL');
    removeFolder(folder);
  });

  it('carries MCP both ways, and puts nothing else on standard output', async () => {
    const client = await began(pipe(folder));
    client.write('this is no JSON\n');
    client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    client.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    const answer = (await client.receive()) as {
      id: number;
      result: { tools: { name: string }[] };
    };
    expect(answer.id).toBe(2);
    expect(answer.result.tools.map(({ name }) => name)).toContain('create_task');
    client.end();
    expect(await client.ended).toEqual({ code: 0, signal: null });
    expect(client.stderr()).toBe('');
  });

  it('shows only what the client asked to be shown', async () => {
    const client = await began(pipe(folder, '--read-only'));
    client.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    const { result } = (await client.receive()) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).not.toContain('create_task');
    expect(result.tools.length).toBeGreaterThan(0);
    client.end();
    await client.ended;
  });

  it('leaves within a second when standard input ends', async () => {
    const client = await began(pipe(folder));
    const from = performance.now();
    client.end();
    expect(await client.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'leaves on %s',
    async (signal) => {
      const client = await began(pipe(folder));
      client.child.kill(signal);
      expect(await client.ended).toEqual({ code: 0, signal: null });
    },
  );

  it.skipIf(process.platform === 'win32')(
    'leaves when its parent died and left standard input open',
    async () => {
      // Another process holds standard input open, as clients do that do not clean up.
      const script = 'sleep 15 | "$@" & echo "{\\"pid\\":$!}"; wait';
      const words = [process.execPath, MAIN, 'mcp', '--data', folder];
      const client = spawnMcp('sh', ['-c', script, 'sh', ...words]);
      const pid = Number((await client.receive())['pid']);
      await sleep(500);
      expect(isAlive(pid)).toBe(true);
      client.child.kill('SIGKILL');
      const until = performance.now() + 10_000;
      while (isAlive(pid) && performance.now() < until) await sleep(50);
      expect(isAlive(pid)).toBe(false);
    },
  );

  it('stands in for an older system, with its name and its tools', async () => {
    const environment = {
      ...process.env,
      CARILLON_DATA: folder,
      MCP_SCHEDULER_NAME: 'my-scheduler',
    };
    const words = [MAIN, 'as', 'mcp-scheduler', '--log-level', 'DEBUG'];
    const client = spawnMcp(process.execPath, words, environment);
    client.send(INITIALIZE);
    expect(await client.receive()).toMatchObject({
      result: { serverInfo: { name: 'my-scheduler' } },
    });
    client.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    const { result } = (await client.receive()) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toContain('add_command_task');
    client.end();
    expect((await client.ended).code).toBe(0);
  });

  it('reads the variables and the file of an older system also as its profile', async () => {
    const config = join(folder, 'older.json');
    writeFileSync(
      config,
      '{ "server": { "version": "3" }, /* ours */ "database": { "path": "x" } }',
    );
    const client = spawnMcp(
      process.execPath,
      [MAIN, 'mcp', '--data', folder, '--profile', 'mcp-scheduler', '--read-only'],
      {
        ...process.env,
        MCP_SCHEDULER_NAME: 'of the team',
        MCP_SCHEDULER_VERSION: '2',
        MCP_SCHEDULER_CONFIG_FILE: config,
        MCP_SCHEDULER_DB_PATH: join(folder, 'scheduler.db'),
        MCP_SCHEDULER_EXECUTION_TIMEOUT: '45',
      },
    );
    client.send(INITIALIZE);
    expect(await client.receive()).toMatchObject({
      result: { serverInfo: { name: 'of the team', version: '3' } },
    });
    client.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    const { result } = (await client.receive()) as { result: { tools: { name: string }[] } };
    const names = result.tools.map(({ name }) => name);
    expect(names).toContain('list_tasks');
    expect(names).not.toContain('add_command_task');
    client.send({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'get_server_info', arguments: {} },
    });
    expect(await client.receive()).toMatchObject({
      result: {
        structuredContent: { name: 'of the team', version: '3', execution_timeout: 45 },
      },
    });
    client.end();
    expect((await client.ended).code).toBe(0);
  });

  it('says what is wrong with a setting of an older system', async () => {
    const words = [MAIN, 'mcp', '--data', folder, '--profile', 'mcp-scheduler'];
    const environment = { ...process.env, MCP_SCHEDULER_PORT: 'eighty' };
    const client = spawnMcp(process.execPath, words, environment);
    client.send(INITIALIZE);
    const answer = (await client.receive()) as { error: { message: string } };
    expect(answer.error.message).toContain('MCP_SCHEDULER_PORT must be a whole number');
    expect((await client.ended).code).toBe(2);
  });

  it('answers the first request with the reason when it is turned away', async () => {
    const client = pipe(folder, '--toolset', 'nonsense');
    client.write('garbage\n');
    client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    client.send({ ...INITIALIZE, id: 'first' });
    const answer = (await client.receive()) as { id: string; error: { message: string } };
    expect(answer).toMatchObject({ jsonrpc: '2.0', id: 'first', error: { code: -32_000 } });
    expect(answer.error.message).toContain('nonsense');
    expect((await client.ended).code).toBe(1);
    expect(client.stderr()).toContain('nonsense');
  });

  it('says so, and fails, when the daemon dies under it', async () => {
    const client = await began(pipe(folder));
    await daemon.kill('SIGKILL');
    expect((await client.ended).code).toBe(1);
    expect(client.stderr()).toContain('the daemon went away');
    daemon = await startDaemon(folder);
  });
});

describe('a pipe without a daemon', () => {
  it('shares one daemon with another pipe and a command that start at the same time', async () => {
    const folder = temporaryFolder();
    try {
      const clients = [pipe(folder), pipe(folder)];
      const listed = carillon(['tasks', 'list', '--json', '--data', folder]);
      for (const client of clients) await began(client);
      expect(JSON.parse((await listed).stdout)).toMatchObject({ tasks: [] });
      for (const client of clients) client.end();
      for (const client of clients) expect((await client.ended).code).toBe(0);
      const { stdout } = await carillon(['logs', '--json', '--data', folder]);
      expect(stdout.match(/The daemon is running/g)).toHaveLength(1);
    } finally {
      await carillon(['down', '--data', folder]);
      removeFolder(folder);
    }
  });

  it('can be everything in one process, which ends with its client', async () => {
    const folder = temporaryFolder();
    try {
      const client = await began(pipe(folder, '--standalone'));
      const notice = readDaemonNotice(join(folder, 'run', 'daemon.json'));
      expect(notice?.pid).toBe(client.child.pid);
      client.end();
      expect((await client.ended).code).toBe(0);
      expect(readDaemonNotice(join(folder, 'run', 'daemon.json'))).toBeUndefined();
    } finally {
      removeFolder(folder);
    }
  });

  it('says why the daemon cannot start', async () => {
    const folder = temporaryFolder();
    try {
      const config = join(folder, 'missing-folder-of-key', 'c.json');
      const client = spawnMcp(
        process.execPath,
        [MAIN, 'mcp', '--data', folder, '--config', config],
        { ...process.env, CARILLON_PORT: 'eighty' },
      );
      client.send(INITIALIZE);
      const answer = (await client.receive()) as { error: { message: string } };
      expect(answer.error.message).toContain('CARILLON_PORT must be a whole number');
      expect((await client.ended).code).toBe(1);
    } finally {
      removeFolder(folder);
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
