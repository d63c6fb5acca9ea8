import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  carillon,
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Fields = Readonly<Record<string, unknown>>;
type Answer = {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
};
type Request = {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

const data = temporaryFolder();
const folder = temporaryFolder();
const requests: Request[] = [];
let daemon: RealDaemon;
let server: Server;
let origin: string;

beforeAll(async () => {
  daemon = await startDaemon(data);
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      requests.push({ method: request.method, headers: request.headers, body });
      response.statusCode = request.url === '/gone' ? 404 : 200;
      response.end(request.url === '/gone' ? 'no such page' : 'thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}, 30_000);

afterAll(async () => {
  server.close();
  await daemon.kill('SIGTERM');
  removeFolder(data);
  removeFolder(folder);
});

/** A program written for the older system, in which only the command that it starts was changed. */
async function connect(env: Readonly<Record<string, string>> = {}, ...flags: string[]) {
  const client = new Client({ name: 'api_client_example', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'as', 'mcp-scheduler', ...flags],
    env: { PATH: process.env['PATH'] ?? '', CARILLON_DATA: data, ...env },
    cwd: folder,
  });
  await client.connect(transport);
  // From now on it checks every answer against the schema that its tool was listed with.
  const { tools } = await client.listTools();
  const ask = async (name: string, args: Fields = {}) =>
    (await client.callTool({ name, arguments: args })) as Answer;
  /** What the blocks of the answer say, each being JSON. */
  const blocks = async (name: string, args?: Fields): Promise<readonly unknown[]> => {
    const answer = await ask(name, args);
    expect(answer.isError ?? false, JSON.stringify(answer)).toBe(false);
    return answer.content.map(({ text }) => JSON.parse(text) as unknown);
  };
  return {
    server: () => client.getServerVersion(),
    tools: tools.map(({ name }) => name),
    ask,
    blocks,
    one: async (name: string, args?: Fields): Promise<Fields> => {
      const all = await blocks(name, args);
      expect(all).toHaveLength(1);
      return all[0] as Fields;
    },
    close: () => client.close(),
  };
}

async function within<Found>(ms: number, look: () => Promise<Found | undefined>): Promise<Found> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error('It did not happen in time.');
}

describe('a client of the older MCP Scheduler', () => {
  it('lives the whole life of its own example, a command task', async () => {
    const client = await connect({}, '--debug');
    const info = await client.one('get_server_info');
    expect(info).toEqual({
      name: 'mcp-scheduler',
      version: '0.1.0',
      scheduler_status: 'running',
      check_interval: 5,
      execution_timeout: 300,
      ai_model: 'gpt-4o',
    });
    expect(client.server()).toMatchObject({ name: 'mcp-scheduler', version: '0.1.0' });
    expect(await client.ask('list_tasks')).toEqual({
      content: [],
      structuredContent: { result: [] },
    });

    const task = await client.one('add_command_task', {
      name: '系统状态检查',
      schedule: '*/30 * * * *',
      command: `uname > ${folder}/vmstat_$(date +%Y%m%d_%H%M).log; echo "in $PWD"`,
      description: '记录系统状态',
      do_only_once: false,
    });
    expect(task).toEqual({
      id: expect.stringMatching(/^task_[0-9a-f]{12}$/),
      name: '系统状态检查',
      schedule: '*/30 * * * *',
      schedule_human_readable: '*/30 * * * *',
      type: 'shell_command',
      description: '记录系统状态',
      enabled: true,
      do_only_once: false,
      status: 'pending',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/),
      updated_at: task['created_at'],
      last_run: null,
      next_run: expect.stringMatching(/T\d\d:[03]0:00$/),
      command: expect.stringContaining('$(date'),
    });
    const id = { task_id: task['id'] };

    const ran = await client.one('run_task_now', id);
    expect(ran).toMatchObject({
      id: task['id'],
      status: 'completed',
      next_run: task['next_run'],
      execution: {
        id: expect.stringMatching(/^exec_[0-9a-f]{12}$/),
        status: 'completed',
        output: `in ${folder}`,
        error: null,
      },
    });
    const [log = ''] = readdirSync(folder).filter((name) => /^vmstat_\d{8}_\d{4}\.log$/.test(name));
    expect(readFileSync(join(folder, log), 'utf8').trim()).not.toBe('');

    const second = await client.one('add_command_task', {
      name: 'second',
      schedule: '0 9-17 * * 1-5',
      command: 'true',
      colour: 'an argument that nobody knows',
    });
    expect(second).toMatchObject({ do_only_once: true, enabled: true, description: null });
    const listed = await client.ask('list_tasks');
    expect(listed.content.map(({ text }) => (JSON.parse(text) as Fields)['name'])).toEqual([
      '系统状态检查',
      'second',
    ]);
    expect(listed.content[1]?.text).toBe(JSON.stringify(second, undefined, 2));
    expect(listed.structuredContent).toHaveProperty('result.length', 2);

    expect(
      await client.one('update_task', { ...id, name: 'status', schedule: '0 0 * * *' }),
    ).toMatchObject({
      id: task['id'],
      name: 'status',
      description: '记录系统状态',
      schedule_human_readable: 'Every day at midnight',
      next_run: expect.stringMatching(/T00:00:00$/),
    });
    expect(await client.one('disable_task', id)).toMatchObject({
      enabled: false,
      status: 'disabled',
    });
    expect(await client.one('enable_task', id)).toMatchObject({ enabled: true, status: 'pending' });

    const shown = await client.one('get_task', id);
    expect(shown).toMatchObject({ name: 'status', last_run: expect.any(String) });
    expect(shown['executions']).toEqual([(ran as { execution: Fields }).execution]);
    expect(await client.blocks('get_task_executions', { ...id, limit: 5 })).toEqual([
      { ...(ran as { execution: Fields }).execution, ...id },
    ]);

    expect(await client.one('run_task_now', { task_id: second['id'] })).toMatchObject({
      enabled: false,
      status: 'disabled',
      execution: { status: 'completed', output: null },
    });
    for (const task_id of [task['id'], second['id']]) {
      expect(await client.ask('remove_task', { task_id })).toEqual({
        content: [{ type: 'text', text: 'true' }],
        structuredContent: { result: true },
      });
    }
    expect(await client.blocks('remove_task', id)).toEqual([false]);
    expect(await client.blocks('list_tasks')).toEqual([]);
    await client.close();
  });

  it('lives the whole life of an API task', async () => {
    const client = await connect();
    const task = await client.one('add_api_task', {
      name: 'hook',
      schedule: '0 */2 * * *',
      api_url: `${origin}/hook`,
      api_method: 'post',
      api_headers: '{"X-Key": "k"}',
      api_body: { text: 'héllo', nested: { list: [1, null] } },
      do_only_once: false,
    });
    expect(task).toMatchObject({
      type: 'api_call',
      api_url: `${origin}/hook`,
      api_method: 'post',
      api_headers: { 'X-Key': 'k' },
      api_body_keys: ['text', 'nested'],
    });
    expect(task).not.toHaveProperty('command');
    const id = { task_id: task['id'] };
    expect(await client.one('run_task_now', id)).toMatchObject({
      status: 'completed',
      execution: { status: 'completed', output: 'thank you', error: null },
    });
    expect(requests.at(-1)).toMatchObject({
      method: 'POST',
      headers: { 'x-key': 'k', 'content-type': 'application/json' },
      body: '{"text":"héllo","nested":{"list":[1,null]}}',
    });

    expect(
      await client.one('update_task', { ...id, api_url: `${origin}/gone`, api_method: 'GET' }),
    ).toMatchObject({
      api_url: `${origin}/gone`,
      api_method: 'GET',
      api_headers: { 'X-Key': 'k' },
    });
    expect(await client.one('run_task_now', id)).toMatchObject({
      status: 'failed',
      enabled: true,
      execution: {
        status: 'failed',
        output: null,
        error: expect.stringMatching(/404[^]*no such page$/),
      },
    });
    expect(requests.at(-1)).toMatchObject({ method: 'GET', body: '' });
    expect(await client.blocks('get_task_executions', id)).toMatchObject([
      { status: 'failed' },
      { status: 'completed' },
    ]);
    expect(await client.blocks('remove_task', id)).toEqual([true]);
    await client.close();
  });

  it('reads of what went wrong in the older words', async () => {
    const client = await connect();
    const failing = await client.one('add_command_task', {
      name: 'failing',
      schedule: '0 0 1 * *',
      command: 'echo broken >&2; exit 3',
    });
    const id = { task_id: failing['id'] };
    expect(await client.one('run_task_now', id)).toMatchObject({
      status: 'failed',
      enabled: true,
      execution: {
        status: 'failed',
        output: null,
        error: expect.stringMatching(/exit code 3[^]*broken$/),
      },
    });

    const unknown = { task_id: 'task_0123456789ab' };
    for (const name of ['get_task', 'update_task', 'enable_task', 'disable_task', 'run_task_now']) {
      expect(await client.ask(name, unknown), name).toEqual({
        content: [],
        structuredContent: { result: null },
      });
    }
    expect(await client.blocks('get_task_executions', unknown)).toEqual([]);
    expect(await client.blocks('remove_task', unknown)).toEqual([false]);

    const draft = { name: 'bad', schedule: 'every now and then', command: 'true' };
    for (const [name, args] of [
      ['add_command_task', draft],
      ['add_api_task', { ...draft, api_url: origin }],
      ['update_task', { ...id, schedule: '0 0 30 2 *' }],
    ] as const) {
      const refused = await client.ask(name, args);
      expect(refused.isError).toBe(true);
      expect(refused.content).toHaveLength(1);
      const start = `Error executing tool ${name}: Invalid cron expression: `;
      expect(refused.content[0]?.text.slice(0, start.length)).toBe(start);
    }
    for (const args of [
      { name: 'no command', schedule: '* * * * *' },
      { ...draft, schedule: '* * * * *', command: '' },
      { ...draft, schedule: '* * * * *', enabled: 'perhaps' },
    ]) {
      const refused = await client.ask('add_command_task', args);
      expect(refused.isError).toBe(true);
      expect(refused.content[0]?.text).toMatch(/^Error executing tool add_command_task: /);
    }
    expect(await client.blocks('list_tasks')).toMatchObject([{ name: 'failing' }]);
    await client.blocks('remove_task', id);
    await client.close();
  });

  it('finds that its task ran while nobody was connected, once, and switched itself off', async () => {
    const file = join(folder, 'ran');
    const client = await connect();
    const task = await client.one('add_command_task', {
      name: 'alone',
      schedule: '* * * * * */2',
      command: `echo ran >> ${file}`,
      enabled: 'false',
    });
    expect(task).toMatchObject({ enabled: false, status: 'disabled', next_run: null });
    const id = { task_id: task['id'] };
    expect(await client.one('update_task', { ...id, enabled: true })).toMatchObject({
      enabled: true,
      do_only_once: true,
    });
    await client.close();

    await within(10_000, async () => (existsSync(file) ? true : undefined));
    const ended = await within(10_000, async () => {
      const { stdout } = await carillon(['tasks', 'list', '--json', '--data', data]);
      const { tasks } = JSON.parse(stdout) as { tasks: readonly Fields[] };
      return tasks.find(({ name, state }) => name === 'alone' && state === 'ended');
    });
    expect(ended).toMatchObject({ next_at: null });
    expect(readFileSync(file, 'utf8')).toBe('ran\n');

    const back = await connect();
    expect(await back.one('get_task', id)).toMatchObject({
      enabled: false,
      status: 'disabled',
      next_run: null,
      executions: [{ status: 'completed' }],
    });
    await back.blocks('remove_task', id);
    await back.close();
  });

  it('sees its own tasks only, while Carillon shows all of them', async () => {
    const words = ['--json', '--data', data, '--when', 'every day at 3am', '--until-success'];
    const added = await carillon(['tasks', 'add', 'native one', ...words, '--', 'true']);
    expect(JSON.parse(added.stdout)).toMatchObject({
      task: { policies: { ends_after_success: true } },
    });
    const client = await connect();
    const own = await client.one('add_command_task', {
      name: 'native one',
      schedule: '@daily',
      command: 'true',
    });
    expect(await client.blocks('list_tasks')).toEqual([own]);
    const { stdout } = await carillon(['tasks', 'list', '--json', '--data', data]);
    const { tasks } = JSON.parse(stdout) as { tasks: readonly { name: string; id: string }[] };
    const named = tasks.filter(({ name }) => name === 'native one');
    expect(named).toHaveLength(2);
    for (const { id } of named) {
      expect(await client.blocks('get_task', { task_id: id })).toEqual([]);
    }
    await client.blocks('remove_task', { task_id: own['id'] });
    await client.close();
  });

  it('brings its settings along', async () => {
    const client = await connect(
      {
        MCP_SCHEDULER_NAME: 'of the team',
        MCP_SCHEDULER_VERSION: '7.1',
        MCP_SCHEDULER_CHECK_INTERVAL: '9',
        MCP_SCHEDULER_EXECUTION_TIMEOUT: '1',
      },
      '--db-path',
      join(folder, 'scheduler.db'),
      '--log-file',
      join(folder, 'scheduler.log'),
      '--ai-model',
      'another',
    );
    expect(client.server()).toMatchObject({ name: 'of the team', version: '7.1' });
    expect(await client.one('get_server_info')).toMatchObject({
      name: 'of the team',
      version: '7.1',
      check_interval: 9,
      execution_timeout: 1,
      ai_model: 'another',
    });
    const slow = await client.one('add_command_task', {
      name: 'slow',
      schedule: '@yearly',
      command: 'sleep 30',
    });
    expect(await client.one('run_task_now', { task_id: slow['id'] })).toMatchObject({
      execution: { status: 'failed', error: expect.stringMatching(/time/i) },
    });
    await client.blocks('remove_task', { task_id: slow['id'] });
    await client.close();
    expect(existsSync(join(folder, 'scheduler.db'))).toBe(false);
  });
});
