import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Services } from '../../src/service/services.ts';
import { draft } from '../service/bench.ts';
import { called, CLIENTS } from './clients.ts';
import { type Door, openDoor, settle } from './door.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
  await door.bench.services.createTask(draft());
});
afterEach(() => door.close());

async function connect(mode: 'legacy' | { readonly pin: string } = { pin: '2026-07-28' }) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(await door.pipe());
  return client;
}

describe('a refused call', () => {
  it.each([
    [{}, 'invalid', '"task" is required.'],
    [{ task: 7 }, 'invalid', '"task" must be a string.'],
    [{ tsak: 'backup', task: 'backup' }, 'invalid', 'Unknown: "tsak". Known are: "task".'],
    [{ task: 'bakcup' }, 'not_found', 'backup'],
  ])('says what was wrong with %j and what to do', async (given, code, words) => {
    const client = await connect();
    const answer = called(await client.callTool({ name: 'get_task', arguments: given }));
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(words);
    expect(answer.data).toMatchObject({ error: { code } });
    await client.close();
  });

  it.each([
    [{ kind: 'shell', command: 'ls' }, '"action.kind"'],
    [{ kind: 'command' }, 'either "command"'],
    [{ kind: 'command', command: 'ls', argv: ['ls'] }, 'one of the two'],
    [{ kind: 'http', url: 'http://example.com', expected_status: '2xx' }, '"expected_status"'],
    [{ kind: 'command', command: 'x', env: { A: 1 } }, '"action.env.A"'],
    [{ kind: 'command', command: 'x', env: { TOKEN: '[hidden]' } }, '"env.TOKEN"'],
  ])('names the part of the action that cannot be: %j', async (action, words) => {
    const client = await connect();
    const answer = called(
      await client.callTool({ name: 'create_task', arguments: { name: 'other', action } }),
    );
    expect(answer).toMatchObject({ isError: true, data: { error: { code: 'invalid' } } });
    expect(answer.text).toContain(words);
    await client.close();
  });

  it('names the duration that is none', async () => {
    const client = await connect();
    const answer = called(
      await client.callTool({
        name: 'update_task',
        arguments: { task: 'backup', retry: { backoff: 'soon' } },
      }),
    );
    expect(answer.text).toContain('"retry.backoff"');
    await client.close();
  });

  it('takes null for an argument that was left out', async () => {
    const client = await connect();
    const answer = called(
      await client.callTool({ name: 'list_tasks', arguments: { state: null, tag: null } }),
    );
    expect(answer.isError).toBe(false);
    await client.close();
  });
});

describe('a defect', () => {
  it.each(CLIENTS)('shows %s a reference and nothing else', async (_name, _era, connectTo) => {
    await door.close();
    const broken = {
      getStatus: () => Promise.reject(new Error('SQLITE at /home/ada/.secret')),
    } as unknown as Services;
    door = await openDoor({ servicesFor: () => broken });
    const assistant = await connectTo(door);
    const answer = await assistant.call('get_status');
    expect(answer).toMatchObject({ isError: true, data: { error: { code: 'internal' } } });
    expect(JSON.stringify(answer)).not.toContain('SQLITE');
    const reference = /reference ([0-9a-f]{12})/.exec(answer.text)?.[1];
    expect(reference).toBeDefined();
    await assistant.close();
  });
});

describe('waiting for a run', () => {
  it.each([['legacy'], [{ pin: '2026-07-28' }]] as const)(
    'tells a %j client that it goes on, and answers at the time asked for',
    async (mode) => {
      const client = await connect(mode);
      const run = await door.bench.services.runTask({ task: 'backup' });
      const told: (number | undefined)[] = [];
      const waiting = client.callTool(
        { name: 'wait_for_run', arguments: { run: run.id, timeout: '7s' } },
        { onprogress: ({ progress }) => told.push(progress) },
      );
      for (let second = 0; second < 7; second += 1) {
        await settle();
        door.bench.clock.advance(1_000);
      }
      expect(called(await waiting)).toMatchObject({
        isError: false,
        data: { state: 'queued', is_final: false },
        text: expect.stringContaining('call wait_for_run again'),
      });
      expect(told).toEqual([3, 6]);
      await client.close();
    },
  );

  it('stops when the caller gives up, and leaves the run alone', async () => {
    const client = await connect();
    const run = await door.bench.services.runTask({ task: 'backup' });
    // Past the moment in which news of that run is gathered.
    door.bench.clock.advance(1_000);
    const abort = new AbortController();
    const waiting = client.callTool(
      { name: 'wait_for_run', arguments: { run: run.id } },
      { signal: abort.signal },
    );
    await settle();
    expect(door.bench.clock.timers).toBeGreaterThan(0);
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await settle();
    expect(door.bench.clock.timers).toBe(0);
    expect((await door.bench.services.getRun(run.id)).run.state).toBe('queued');
    await client.close();
  });
});

describe('a relative folder', () => {
  it('is meant from where the client works', async () => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(await door.pipe({ cwd: '/home/ada/project' }));
    const create = async (name: string, cwd?: string) =>
      called(
        await client.callTool({
          name: 'create_task',
          arguments: { name, action: { kind: 'command', command: 'ls', cwd } },
        }),
      ).data['task'];
    expect(await create('default')).toMatchObject({ action: { cwd: '/home/ada/project' } });
    expect(await create('relative', 'docs')).toMatchObject({
      action: { cwd: '/home/ada/project/docs' },
    });
    expect(await create('absolute', '/srv')).toMatchObject({ action: { cwd: '/srv' } });
    await client.close();
  });
});

describe('a long list', () => {
  it('is cut to what a model can read, and says how to go on', async () => {
    const client = await connect();
    const { createTask } = door.bench.services;
    for (let index = 0; index < 40; index += 1) {
      await createTask(draft({ name: `${'long name '.repeat(11)}${index}`, tags: ['long'] }));
    }
    const names: unknown[] = [];
    let cursor: unknown;
    do {
      const page = called(
        await client.callTool({
          name: 'list_tasks',
          arguments: { limit: 50, tag: 'long', ...(cursor === undefined ? {} : { cursor }) },
        }),
      );
      expect(JSON.stringify(page.data).length).toBeLessThan(21_000);
      const tasks = page.data['tasks'] as readonly { readonly name: string }[];
      names.push(...tasks.map((task) => task.name));
      cursor = page.data['next_cursor'] ?? undefined;
      if (cursor !== undefined) expect(page.text).toContain(JSON.stringify(cursor));
    } while (cursor !== undefined);
    expect(new Set(names).size).toBe(40);
    await client.close();
  });
});
