import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INITIALIZE, spawnMcp } from '../cli/mcp-process.ts';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

const HOSTILE = `review "src" $(touch owned) \`touch owned\`; touch owned | 'it'\nsecond line`;

describe.skipIf(process.platform === 'win32')('clicrontab', () => {
  let folder: string;
  let project: string;
  let other: string;
  let daemon: RealDaemon;
  let client: Client;

  beforeAll(async () => {
    folder = temporaryFolder();
    project = join(folder, 'project');
    other = join(folder, 'other');
    const config = join(folder, 'xdg', 'clicrontab');
    for (const each of [project, other, config]) mkdirSync(each, { recursive: true });
    const engine = join(folder, 'my-ai-cli');
    writeFileSync(engine, '#!/bin/sh\npwd\necho "$#"\nprintf "%s" "$2" > said\necho done\n');
    chmodSync(engine, 0o755);
    writeFileSync(
      join(config, 'config.yaml'),
      `default_engine: custom\nengines:\n  custom:\n    command: "${engine} run {{.prompt}}"\n`,
    );
    daemon = await startDaemon(join(folder, 'data'));
    client = new Client({ name: 'test-assistant', version: '1.0' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [
          MAIN,
          'as',
          'clicrontab',
          '--mode',
          'mcp',
          '--state-dir',
          '~/.local/state/clicrontab',
        ],
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          XDG_CONFIG_HOME: join(folder, 'xdg'),
          CARILLON_DATA: join(folder, 'data'),
        },
        cwd: project,
      }),
    );
  });

  afterAll(async () => {
    await client.close();
    await daemon.kill('SIGKILL');
    removeFolder(folder);
  });

  async function say(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { content } = (await client.callTool({ name, arguments: given })) as {
      readonly content: readonly { readonly text: string }[];
    };
    return content.map(({ text }) => text).join('\n');
  }

  /** Waits for the newest run of a task. @returns its id. */
  async function ended(task: string): Promise<string> {
    const until = performance.now() + 15_000;
    while (performance.now() < until) {
      const told = await say('cron_list_runs', { task_id: task, limit: 1 });
      if (told.includes('结束: ')) {
        expect(told).toContain('状态: succeeded');
        return /运行 ID: ([0-9a-f]{32})/.exec(told)?.[1] ?? '';
      }
      await sleep(50);
    }
    throw new Error('The run did not end.');
  }

  it('serves its older clients with its own name and tools', async () => {
    expect(client.getServerVersion()).toEqual({ name: 'clicrontab', version: '1.0.0' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'cron_create_task',
      'cron_list_tasks',
      'cron_get_task',
      'cron_update_task',
      'cron_delete_task',
      'cron_run_task',
      'cron_list_runs',
      'cron_get_run_log',
      'cron_preview',
    ]);
  });

  it('gives a prompt to the configured engine as it is, in the folder of the task or of the run', async () => {
    const created = await say('cron_create_task', {
      prompt: HOSTILE,
      cron: '0 9 * * *',
      working_dir: project,
    });
    const task = /ID: ([0-9a-f]{32})/.exec(created)?.[1] ?? created;
    expect(await say('cron_run_task', { task_id: task })).toContain('任务已开始执行');
    const first = await ended(task);
    expect(readFileSync(join(project, 'said'), 'utf8')).toBe(HOSTILE);
    expect(await say('cron_get_run_log', { run_id: first })).toBe(`${project}\n2\ndone\n`);
    expect(await say('cron_get_run_log', { run_id: first, tail: 1 })).toBe('done\n');
    expect(() => readFileSync(join(project, 'owned'))).toThrow();

    await say('cron_run_task', { task_id: task, working_dir: other });
    await ended(task);
    expect(readFileSync(join(other, 'said'), 'utf8')).toBe(HOSTILE);
    expect(await say('cron_delete_task', { task_id: task })).toContain('任务已删除');
  });
});

describe.skipIf(process.platform === 'win32')('the REST server of clicrontab', () => {
  let folder: string;
  let daemon: RealDaemon;
  let server: ChildProcess;
  let origin: string;
  const TOKEN = 'an older token';

  beforeAll(async () => {
    folder = temporaryFolder();
    daemon = await startDaemon(join(folder, 'data'));
    ({ server, origin } = await serve(['--mode', 'http', '-use-utc'], TOKEN));
  });

  afterAll(async () => {
    server.kill('SIGKILL');
    await daemon.kill('SIGKILL');
    removeFolder(folder);
  });

  async function serve(
    flags: readonly string[],
    token: string,
  ): Promise<{ readonly server: ChildProcess; readonly origin: string }> {
    const child = spawn(
      process.execPath,
      [MAIN, 'as', 'clicrontab', '--addr', '127.0.0.1:0', ...flags],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          CARILLON_DATA: join(folder, 'data'),
          CLICRON_AUTH_TOKEN: token,
        },
        cwd: folder,
      },
    );
    let said = '';
    for await (const bytes of child.stderr as AsyncIterable<Buffer>) {
      said += bytes.toString();
      const port = /port (\d+)/.exec(said)?.[1];
      if (port !== undefined) return { server: child, origin: `http://127.0.0.1:${port}` };
    }
    throw new Error(`The server did not start: ${said}`);
  }

  type Asked = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

  async function ask(method: string, path: string, { body, headers }: Asked = {}) {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, text, json: (isJson ? JSON.parse(text) : {}) as never };
  }

  it('lets nobody in without the token, and no page with it', async () => {
    expect((await fetch(`${origin}/v1/tasks`)).status).toBe(401);
    expect((await fetch(`${origin}/v1/tasks?token=wrong`)).status).toBe(401);
    expect((await fetch(`${origin}/v1/tasks?token=${encodeURIComponent(TOKEN)}`)).status).toBe(200);
    const foreign = { headers: { origin: 'https://example.org' } };
    expect((await ask('GET', '/v1/tasks', foreign)).status).toBe(403);
    expect((await ask('GET', '/api/v1/tasks')).status).toBe(404);
    expect((await ask('GET', '/v1/../api/v1/tasks')).status).toBe(404);
  });

  it('takes a task through its life', async () => {
    const made = await ask('POST', '/v1/tasks', {
      body: {
        command: 'printf "a\\nb\\n"; exit 3',
        cron: '0 9 * * *',
        timeout_s: 60,
        working_dir: folder,
      },
    });
    expect(made).toMatchObject({
      status: 201,
      json: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        cron: '0 9 * * *',
        timeout_s: 60,
        working_dir: folder,
        status: 'active',
        next_run_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT09:00:00Z$/),
      },
    });
    expect(made.json).not.toHaveProperty('name');
    const { id } = made.json as { id: string };
    const started = await ask('POST', `/v1/tasks/${id}/run`);
    expect(started.status).toBe(202);
    const { run_id: run } = started.json as { run_id: string };
    const until = performance.now() + 15_000;
    let told = await ask('GET', `/v1/runs/${run}`);
    while (performance.now() < until && !('ended_at' in told.json)) {
      await sleep(50);
      told = await ask('GET', `/v1/runs/${run}`);
    }
    expect(told.json).toMatchObject({ id: run, task_id: id, status: 'failed', exit_code: 3 });
    expect((await ask('GET', `/v1/runs/${run}/log?tail=1`)).text).toBe('b\n');
    expect((await ask('GET', `/v1/tasks/${id}/runs`)).json).toMatchObject([{ id: run }]);

    const edited = await ask('PATCH', `/v1/tasks/${id}`, {
      body: { name: 'nightly', timeout_s: 0, working_dir: '', paused: true, command: null },
    });
    expect(edited).toMatchObject({ status: 200, json: { name: 'nightly', status: 'paused' } });
    for (const field of ['timeout_s', 'working_dir', 'next_run_at']) {
      expect(edited.json).not.toHaveProperty(field);
    }
    expect((await ask('GET', '/v1/tasks?status=active')).json).toEqual([]);
    expect((await ask('GET', '/v1/tasks?status=paused')).json).toMatchObject([{ id }]);
    expect((await ask('DELETE', `/v1/tasks/${id}`)).status).toBe(204);
    expect((await ask('GET', `/v1/tasks/${id}`)).json).toMatchObject({
      error: { code: 'not_found' },
    });
    expect((await ask('GET', `/v1/runs/${run}`)).status).toBe(200);
  });

  it.each([
    ['/v1/tasks', '{', 400, 'invalid_json'],
    ['/v1/tasks', { command: 'true' }, 400, 'invalid_input'],
    ['/v1/tasks', { command: 'true', cron: '@daily' }, 400, 'invalid_cron'],
    ['/v1/tasks/x/run', undefined, 404, 'not_found'],
  ])('refuses POST %s %j as the older system does', async (path, body, status, code) => {
    expect(await ask('POST', path, { body })).toMatchObject({ status, json: { error: { code } } });
  });

  it('previews a schedule, and tells a wrong one from a right one', async () => {
    const right = await ask('POST', '/v1/cron/preview', { body: { expr: '0 9 * * *', count: 2 } });
    expect(right).toMatchObject({ status: 200, json: { valid: true } });
    expect((right.json as { next_times: unknown[] }).next_times).toHaveLength(2);
    const wrong = await ask('POST', '/v1/cron/preview', { body: { expr: 'often' } });
    expect(wrong).toMatchObject({ status: 200, json: { valid: false } });
    expect((await ask('POST', '/v1/cron/preview', { body: {} })).status).toBe(400);
  });

  it('previews from the instant that is asked for, and leaves aside what it cannot read', async () => {
    const times = async (now: unknown) =>
      (await ask('POST', '/v1/cron/preview', { body: { expr: '30 8 * * *', count: 1, now } })).json;
    expect(await times('2031-05-01T09:00:00Z')).toEqual({
      valid: true,
      next_times: ['2031-05-02T08:30:00Z'],
    });
    expect(await times('soon')).toMatchObject({ valid: true });
  });

  it('follows a log until its run has ended', async () => {
    const body = { command: 'echo first; sleep 1.2; printf "läst\\n"', cron: '0 9 * * *' };
    const { id } = (await ask('POST', '/v1/tasks', { body })).json as { id: string };
    const { run_id: run } = (await ask('POST', `/v1/tasks/${id}/run`)).json as { run_id: string };
    const response = await fetch(`${origin}/v1/runs/${run}/log?follow=true`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const pieces: string[] = [];
    for await (const bytes of response.body ?? []) pieces.push(Buffer.from(bytes).toString());
    expect(pieces.join('')).toBe('first\nläst\n');
    expect(pieces.length).toBeGreaterThan(1);
    expect((await ask('GET', `/v1/runs/${run}`)).json).toMatchObject({ status: 'succeeded' });
  });

  it('speaks MCP at /mcp, one message and one answer at a time', async () => {
    const rpc = (method: string, params?: object, id: number | undefined = 7) =>
      ask('POST', '/mcp', { body: { jsonrpc: '2.0', id, method, params } });
    expect((await ask('GET', '/mcp')).json).toEqual({
      status: 'ok',
      service: 'clicrontab-mcp',
      version: '1.0.0',
    });
    expect((await fetch(`${origin}/mcp`)).status).toBe(401);
    expect((await rpc('initialize', { protocolVersion: '2024-11-05' })).json).toMatchObject({
      id: 7,
      result: { protocolVersion: '2025-06-18', serverInfo: { name: 'clicrontab' } },
    });
    expect(await rpc('notifications/initialized')).toMatchObject({ status: 200, text: '' });
    expect((await rpc('ping')).json).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
    expect((await rpc('tools/list')).json).toMatchObject({
      result: { tools: { length: 9 } },
    });
    const preview = { name: 'cron_preview', arguments: { cron: '0 9 * * *', count: '1' } };
    expect((await rpc('tools/call', preview)).json).toMatchObject({
      result: { content: [{ text: expect.stringContaining('时区: UTC') }] },
    });
    expect((await rpc('tools/call', { name: 'nothing' })).json).toMatchObject({
      error: { code: -32_603 },
    });
    const client = new Client({ name: 'test-assistant', version: '1.0' });
    const requestInit = { headers: { authorization: `Bearer ${TOKEN}` } };
    const transport = new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), { requestInit });
    await client.connect(transport);
    expect((await client.listTools()).tools).toHaveLength(9);
    await client.close();
    expect((await rpc('resources/list')).json).toMatchObject({ error: { code: -32_601 } });
    expect((await ask('POST', '/mcp', { body: '{' })).json).toMatchObject({
      id: null,
      error: { code: -32_700 },
    });
  });

  it('shows its tasks and their runs on a page, to those who have the token', async () => {
    const command = 'echo "</code><script>alert(1)</script>"';
    const body = { name: 'a <b>bold</b> name', command, cron: '0 9 * * *' };
    const { id } = (await ask('POST', '/v1/tasks', { body })).json as { id: string };
    const page = async (query: string): Promise<string> => {
      const response = await fetch(`${origin}/${query}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      return response.text();
    };
    expect(await page('')).not.toContain('bold');
    expect(await page('?token=wrong')).toContain('令牌不正确');
    const list = await page(`?token=${encodeURIComponent(TOKEN)}`);
    expect(list).toContain('a &lt;b&gt;bold&lt;/b&gt; name');
    expect(list).not.toContain('<script');
    const link = new RegExp(`href="/([^"]*task=${id}[^"]*)"`).exec(list)?.[1] ?? '';
    const runs = await page(link.replaceAll('&amp;', '&'));
    expect(runs).toContain('该任务暂无运行记录');
    const onward = /href="(\/dashboard[^"]*)"/.exec(list)?.[1] ?? '';
    const led = await fetch(origin + onward, { redirect: 'manual' });
    expect([led.status, led.headers.get('location')]).toEqual([
      302,
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?link=/),
    ]);
    expect((await fetch(`${origin}/dashboard`)).status).toBe(401);
  });

  it('is not opened to other machines without a token', async () => {
    await expect(serve(['--addr', '0.0.0.0:0'], '')).rejects.toThrow(/CLICRON_AUTH_TOKEN/);
  });

  it('serves those on this machine without a token when none was set', async () => {
    const open = await serve([], '');
    try {
      expect((await fetch(`${open.origin}/v1/tasks`)).status).toBe(200);
      const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
      expect((await fetch(`${open.origin}/v1/tasks`, foreign)).status).toBe(403);
    } finally {
      open.server.kill('SIGKILL');
    }
  });
});

describe.skipIf(process.platform === 'win32')('clicrontab in both modes', () => {
  it('speaks MCP on its standard streams and REST on its port', async () => {
    const folder = temporaryFolder();
    const daemon = await startDaemon(join(folder, 'data'));
    const words = [MAIN, 'as', 'clicrontab', '--mode', 'both', '--addr', '127.0.0.1:0'];
    const environment = { ...process.env, HOME: folder, CARILLON_DATA: join(folder, 'data') };
    const client = spawnMcp(process.execPath, words, environment);
    try {
      client.send(INITIALIZE);
      expect(await client.receive()).toMatchObject({
        result: { serverInfo: { name: 'clicrontab' } },
      });
      const port = /port (\d+)/.exec(client.stderr())?.[1] ?? '';
      expect(await (await fetch(`http://127.0.0.1:${port}/v1/tasks`)).json()).toEqual([]);
      client.end();
      expect((await client.ended).code).toBe(0);
    } finally {
      client.child.kill('SIGKILL');
      await daemon.kill('SIGKILL');
      removeFolder(folder);
    }
  });
});
