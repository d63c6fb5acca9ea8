import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
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
