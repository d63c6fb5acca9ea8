import { Client as NewClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Fields = Readonly<Record<string, unknown>>;
type Called = { readonly text: string; readonly data: Fields; readonly isError: boolean };
type Assistant = {
  tools(): Promise<readonly string[]>;
  call(name: string, args: Fields): Promise<Called>;
  close(): Promise<void>;
};

const data = temporaryFolder();
let daemon: RealDaemon;

beforeAll(async () => {
  daemon = await startDaemon(data);
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGTERM');
  removeFolder(data);
});

/** What both generations of the SDK answer to a call. */
function called(result: unknown): Called {
  const { content, structuredContent, isError } = result as {
    content: readonly { type: string; text?: string }[];
    structuredContent?: Fields;
    isError?: boolean;
  };
  return {
    text: content.map((block) => block.text ?? '').join('\n'),
    data: structuredContent ?? {},
    isError: isError === true,
  };
}

async function newAssistant(door: 'stdio' | 'http', era: 'auto' | 'legacy'): Promise<Assistant> {
  const client = new NewClient(
    { name: `new-${era}`, version: '2.4.0' },
    { versionNegotiation: { mode: era } },
  );
  await client.connect(
    door === 'stdio'
      ? new StdioClientTransport({ command: process.execPath, args: [MAIN, 'mcp', '--data', data] })
      : new StreamableHTTPClientTransport(new URL(`${daemon.origin}/mcp`), {
          requestInit: { headers: { authorization: `Bearer ${daemon.token}` } },
        }),
  );
  return {
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args) => called(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

async function oldAssistant(door: 'stdio' | 'http'): Promise<Assistant> {
  const client = new OldClient({ name: 'old', version: '1.32.2' });
  const transport =
    door === 'stdio'
      ? new OldStdio({ command: process.execPath, args: [MAIN, 'mcp', '--data', data] })
      : new OldHttp(new URL(`${daemon.origin}/mcp`), {
          requestInit: { headers: { authorization: `Bearer ${daemon.token}` } },
        });
  await client.connect(transport);
  return {
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args) => called(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

const ASSISTANTS: readonly (readonly [name: string, connect: () => Promise<Assistant>])[] = [
  ['the newer SDK over stdio', () => newAssistant('stdio', 'auto')],
  ['the newer SDK over HTTP', () => newAssistant('http', 'auto')],
  ['the newer SDK in the older era over HTTP', () => newAssistant('http', 'legacy')],
  ['the older SDK over stdio', () => oldAssistant('stdio')],
  ['the older SDK over HTTP', () => oldAssistant('http')],
];

const TOOLS = [
  'create_task',
  'update_task',
  'delete_task',
  'pause_task',
  'resume_task',
  'run_task',
  'list_tasks',
  'get_task',
  'preview_schedule',
  'list_runs',
  'get_run',
  'wait_for_run',
  'read_output',
  'cancel_run',
  'answer_run',
  'explain',
  'what_happened',
  'get_status',
  'settle_inbox_item',
  'usage',
];

describe('the whole life of a task', () => {
  it.each(ASSISTANTS)('can be lived with %s', async (name, connect) => {
    const assistant = await connect();
    const ask = async (tool: string, args: Fields): Promise<Called> => {
      const answer = await assistant.call(tool, args);
      expect(answer.isError, `${tool}: ${answer.text}`).toBe(false);
      expect(answer.text.length).toBeGreaterThan(0);
      return answer;
    };

    expect((await assistant.tools()).toSorted()).toEqual(TOOLS.toSorted());

    const preview = await ask('preview_schedule', {
      when: 'every weekday at 9',
      timezone: 'Europe/Berlin',
    });
    expect(preview.data['timezone']).toBe('Europe/Berlin');

    const task = `greet for ${name}`;
    const created = await ask('create_task', {
      name: task,
      when: 'every weekday at 9',
      timezone: 'Europe/Berlin',
      action: { kind: 'command', command: 'echo "hello $CARILLON_RUN_ID"; echo oops >&2' },
    });
    expect(created.text).toContain('Europe/Berlin');

    const again = await assistant.call('create_task', {
      name: task,
      when: 'every day at 10',
      action: { kind: 'command', command: 'true' },
    });
    expect(again.isError).toBe(true);
    expect(again.text).toContain('update_task');

    expect((await ask('list_tasks', { text: task })).text).toContain(task);

    const started = await ask('run_task', { task });
    const run = String(started.data['run']);
    expect(run).toMatch(/^run_/);
    const ended = await ask('wait_for_run', { run, timeout: '20s' });
    expect(ended.data['state']).toBe('succeeded');
    const output = await ask('read_output', { run });
    expect(output.text).toContain(`hello ${run}`);
    expect((await ask('explain', { run })).text).toMatch(/manual|asked|by hand/i);

    await ask('pause_task', { task, reason: 'holidays' });
    expect((await ask('get_task', { task })).text).toContain('holidays');
    await ask('update_task', { task, when: 'every day at 10:30' });
    await ask('resume_task', { task });
    const kept = await assistant.call('delete_task', { task });
    expect(kept.isError).toBe(true);
    expect(kept.text).toContain('confirm');
    await ask('delete_task', { task, confirm: true });
    const gone = await assistant.call('get_task', { task });
    expect(gone.isError).toBe(true);
    await ask('get_status', {});
    await assistant.close();
  });
});
