import { afterEach, describe, expect, it } from 'vitest';
import { API_ROUTES } from '../../src/api/routes/api-routes.ts';
import type { ApiCall } from '../../src/client/api-calls.ts';
import { type Client, openClient } from '../../src/client/client.ts';
import { PROOF_FACTOR } from '../support/proof-size.ts';
import {
  type RealDaemon,
  removeFolder,
  startDaemon,
  temporaryFolder,
} from '../support/real-daemon.ts';

type Case = {
  readonly route: ApiCall;
  /** Makes what the request is about, named `name`. */
  readonly arrange?: (client: Client, name: string) => Promise<unknown>;
  /** The request; what it answers, or the part of it that is to be found again. */
  readonly act: (client: Client, name: string, arranged: never) => Promise<unknown>;
  /** Looks for it in the daemon that comes after. */
  readonly find: (
    client: Client,
    name: string,
    answered: never,
    origin: string,
  ) => Promise<unknown>;
  /** What is found there; what was answered when absent. */
  readonly found?: unknown;
};

const ACTION = { kind: 'command' as const, argv: ['true'] };

/** An engine that asks a person, whatever it is told. */
const ENGINES = JSON.stringify({
  asking: {
    program: process.execPath,
    argv: ['-p', `'{"verdict":"needs_human","summary":"Which one?"}'`],
    prompt: 'stdin',
    output: 'text',
  },
});

const task = (client: Client, name: string) =>
  client.call('POST /tasks', { name, when: 'every 1 day', action: ACTION, paused: true });
const readTask = async (client: Client, name: string) =>
  (await client.call('GET /tasks/:task', { task: name })).task;
const isGone = (asked: Promise<unknown>) =>
  asked.then(
    () => false,
    (error: unknown) => (error as { status?: number }).status === 404,
  );
const started = async (client: Client, name: string) => {
  await task(client, name);
  return (await client.call('POST /tasks/:task/runs', { task: name })).id;
};
const readRun = async (client: Client, _name: string, id: string) =>
  (await client.call('GET /runs/:run', { run: id })).id;
const hook = async (client: Client, name: string) => {
  await task(client, name);
  return (await client.call('POST /webhooks', { name, task: name })).id;
};
const readHook = async (client: Client, _name: string, id: string) =>
  client.call('GET /webhooks/:webhook', { webhook: id });
const secretNames = async (client: Client) =>
  (await client.call('GET /secrets')).secrets.map((secret) => secret.name);
const secretOf = (name: string) => name.replaceAll('-', '_').toUpperCase();
const putSecret = (client: Client, name: string) =>
  client.call('PUT /secrets/:name', { name: secretOf(name), value: 'a value' });
const hasSecret = async (client: Client, name: string) =>
  (await secretNames(client)).includes(secretOf(name));
const readSecret = async (client: Client, name: string) =>
  (await client.call('GET /secrets')).secrets.find((one) => one.name === secretOf(name))?.for_tasks;
const item = async (client: Client, name: string): Promise<number> => {
  const action = { kind: 'reminder', title: name } as const;
  const { task: made } = await client.call('POST /tasks', { name, action });
  const run = await client.call('POST /tasks/:task/runs', { task: made.id });
  await client.call('GET /runs/:run/wait', { run: run.id, seconds: 20 });
  const { items } = await client.call('GET /inbox');
  const found = items.find((one) => one.title === name);
  if (found === undefined) throw new Error('The reminder is not in the inbox.');
  return found.id;
};

const CASES: readonly Case[] = [
  {
    route: 'POST /tasks',
    act: async (client, name) => (await task(client, name)).task,
    find: readTask,
  },
  {
    route: 'PATCH /tasks/:task',
    arrange: task,
    act: async (client, name) =>
      (await client.call('PATCH /tasks/:task', { task: name, tags: ['changed'] })).task,
    find: readTask,
  },
  {
    route: 'DELETE /tasks/:task',
    arrange: task,
    act: (client, name) => client.call('DELETE /tasks/:task', { task: name }),
    find: (client, name) => isGone(readTask(client, name)),
    found: true,
  },
  {
    route: 'POST /tasks/:task/pause',
    arrange: async (client, name) => {
      await task(client, name);
      await client.call('POST /tasks/:task/resume', { task: name });
    },
    act: async (client, name) =>
      (await client.call('POST /tasks/:task/pause', { task: name, reason: 'why' })).task,
    find: readTask,
  },
  {
    route: 'POST /tasks/:task/resume',
    arrange: task,
    act: async (client, name) =>
      (await client.call('POST /tasks/:task/resume', { task: name })).task,
    find: readTask,
  },
  {
    route: 'POST /tasks/:task/undelete',
    arrange: async (client, name) => {
      await task(client, name);
      await client.call('DELETE /tasks/:task', { task: name });
    },
    act: async (client, name) =>
      (await client.call('POST /tasks/:task/undelete', { task: name })).task,
    find: readTask,
  },
  {
    route: 'POST /tasks/:task/duplicate',
    arrange: task,
    act: async (client, name) =>
      (await client.call('POST /tasks/:task/duplicate', { task: name })).task,
    find: (client, name) => readTask(client, `${name} copy`),
  },
  {
    route: 'POST /tasks/:task/versions/:version/restore',
    arrange: async (client, name) => {
      await task(client, name);
      await client.call('PATCH /tasks/:task', { task: name, tags: ['changed'] });
    },
    act: async (client, name) => {
      const version = { task: name, version: 1 };
      return (await client.call('POST /tasks/:task/versions/:version/restore', version)).task;
    },
    find: readTask,
  },
  {
    route: 'POST /tasks/bulk',
    arrange: task,
    act: (client, name) => client.call('POST /tasks/bulk', { verb: 'delete', tasks: [name] }),
    find: (client, name) => isGone(readTask(client, name)),
    found: true,
  },
  {
    route: 'POST /tasks/:task/runs',
    arrange: task,
    act: async (client, name) => (await client.call('POST /tasks/:task/runs', { task: name })).id,
    find: readRun,
  },
  {
    route: 'POST /runs',
    act: async (client, name) => (await client.call('POST /runs', { name, action: ACTION })).id,
    find: readRun,
  },
  {
    route: 'POST /runs/:run/rerun',
    arrange: started,
    act: async (client, _name, run: string) =>
      (await client.call('POST /runs/:run/rerun', { run, overlap: 'allow' })).id,
    find: readRun,
  },
  {
    route: 'POST /runs/:run/cancel',
    arrange: async (client, name) => {
      const action = { kind: 'command', command: 'sleep 30' } as const;
      await client.call('POST /tasks', { name, action });
      return (await client.call('POST /tasks/:task/runs', { task: name })).id;
    },
    act: async (client, _name, run: string) => {
      await client.call('POST /runs/:run/cancel', { run });
      return run;
    },
    find: async (client, _name, run: string) =>
      (await client.call('GET /runs/:run/wait', { run, seconds: 30 })).state,
    found: 'cancelled',
  },
  {
    route: 'PUT /secrets/:name',
    act: putSecret,
    find: hasSecret,
    found: true,
  },
  {
    route: 'DELETE /secrets/:name',
    arrange: putSecret,
    act: (client, name) => client.call('DELETE /secrets/:name', { name: secretOf(name) }),
    find: hasSecret,
    found: false,
  },
  {
    route: 'POST /secrets/:name/grant',
    arrange: putSecret,
    act: (client, name) =>
      client.call('POST /secrets/:name/grant', { name: secretOf(name), for_tasks: ['x'] }),
    find: readSecret,
    found: ['x'],
  },
  {
    route: 'POST /secrets/:name/revoke',
    arrange: (client, name) =>
      client.call('PUT /secrets/:name', {
        name: secretOf(name),
        value: 'a value',
        for_tasks: ['x', 'y'],
      }),
    act: (client, name) =>
      client.call('POST /secrets/:name/revoke', { name: secretOf(name), for_tasks: ['x'] }),
    find: readSecret,
    found: ['y'],
  },
  {
    route: 'POST /inbox/:item/settle',
    arrange: item,
    act: (client, _name, id: number) =>
      client.call('POST /inbox/:item/settle', { item: id, as: 'done' }),
    find: async (client, name) =>
      (await client.call('GET /inbox', { states: ['done'] })).items.some(
        ({ title }) => title === name,
      ),
    found: true,
  },
  {
    route: 'POST /keys',
    act: async (client, name) =>
      (await client.call('POST /keys', { name, scopes: ['tasks:read'] })).id,
    find: async (client, name) =>
      (await client.call('GET /keys')).keys.find((key) => key.name === name)?.id,
  },
  {
    route: 'DELETE /keys/:key',
    arrange: async (client, name) =>
      (await client.call('POST /keys', { name, scopes: ['tasks:read'] })).id,
    act: (client, _name, key: string) => client.call('DELETE /keys/:key', { key }),
    find: async (client, name) =>
      (await client.call('GET /keys')).keys.every(
        (key) => key.name !== name || key.revoked_at !== null,
      ),
    found: true,
  },
  {
    route: 'POST /webhooks',
    arrange: task,
    act: async (client, name) => (await client.call('POST /webhooks', { name, task: name })).id,
    find: async (client, name, id: string) => (await readHook(client, name, id)).id,
  },
  {
    route: 'PATCH /webhooks/:webhook',
    arrange: hook,
    act: async (client, _name, webhook: string) => {
      const edit = { webhook, description: 'changed' };
      return (await client.call('PATCH /webhooks/:webhook', edit)).id;
    },
    find: async (client, name, id: string) => (await readHook(client, name, id)).description,
    found: 'changed',
  },
  {
    route: 'DELETE /webhooks/:webhook',
    arrange: hook,
    act: async (client, _name, webhook: string) => {
      await client.call('DELETE /webhooks/:webhook', { webhook });
      return webhook;
    },
    find: (client, name, id: string) => isGone(readHook(client, name, id)),
    found: true,
  },
  {
    route: 'POST /webhooks/:webhook/test',
    arrange: hook,
    act: async (client, _name, webhook: string) => {
      await client.call('POST /webhooks/:webhook/test', { webhook, payload: { a: 1 } });
      return webhook;
    },
    find: async (client, _name, webhook: string) =>
      (await client.call('GET /webhooks/:webhook/deliveries', { webhook })).deliveries.length,
    found: 1,
  },
  {
    route: 'POST /webhooks/:webhook/rotate',
    arrange: hook,
    act: async (client, _name, webhook: string) => {
      const { id, path } = await client.call('POST /webhooks/:webhook/rotate', { webhook });
      return { id, path };
    },
    find: async (client, name, { id }: { readonly id: string }) => {
      const { path } = await readHook(client, name, id);
      return { id, path };
    },
  },
  {
    route: 'POST /deliveries/:delivery/replay',
    arrange: async (client, name) => {
      const webhook = await hook(client, name);
      await client.call('POST /tasks/:task/resume', { task: name });
      return (await client.call('POST /webhooks/:webhook/test', { webhook })).delivery;
    },
    act: async (client, _name, delivery: number) =>
      (await client.call('POST /deliveries/:delivery/replay', { delivery })).run,
    find: async (client, name, run: string) => readRun(client, name, run),
  },
  {
    route: 'POST /runs/:run/answer',
    arrange: async (client, name) => {
      const action = { kind: 'agent', engine: 'asking', prompt: 'choose' } as const;
      await client.call('POST /tasks', { name, action, success: { verdict: true } });
      const { id: run } = await client.call('POST /tasks/:task/runs', { task: name });
      await expect
        .poll(async () => (await client.call('GET /runs/:run', { run })).state, { timeout: 20_000 })
        .toBe('waiting');
      return run;
    },
    act: async (client, _name, run: string) => {
      await client.call('POST /runs/:run/answer', { run, text: 'the blue one' });
      return run;
    },
    find: async (client, _name, run: string) =>
      JSON.stringify(await client.call('GET /runs/:run', { run })).includes('the blue one'),
    found: true,
  },
  {
    route: 'POST /secrets/rotate',
    arrange: putSecret,
    act: (client) => client.call('POST /secrets/rotate', { key: 'data' }),
    // Everything can still be opened, with the key that there is now.
    find: async (client) => (await client.call('POST /export', { passphrase: 'opens all' })).sealed,
    found: expect.any(String),
  },
  {
    route: 'POST /secrets/:name/ask',
    act: async (client, name) =>
      (await client.call('POST /secrets/:name/ask', { name: secretOf(name) })).url,
    find: async (_client, _name, url: string, origin) => {
      const { pathname, search } = new URL(url);
      return (await fetch(`${origin}${pathname}${search}`)).status;
    },
    found: 200,
  },
  {
    route: 'POST /import',
    act: async (client, name) => {
      await client.call('POST /import', { tasks: [{ name, action: ACTION }] });
      return name;
    },
    find: async (client, name) => (await readTask(client, name)).name,
  },
];

/** They keep nothing, nothing that a request could find again, or need more than a request. */
const NOT_TRIED: readonly ApiCall[] = [
  'POST /schedules/preview',
  'POST /channels/test',
  'POST /addresses/test',
  'POST /sign-in-links',
  'POST /export',
  // They need a browser, and a program that a person has let in.
  'DELETE /connections/:connection',
  'DELETE /sessions',
  // They need somebody who has to ask.
  'POST /approvals/:approval/approve',
  'POST /approvals/:approval/deny',
  // They stop all that the others do.
  'POST /stop-all',
  'POST /resume-all',
];

describe('what a daemon has answered 2xx', () => {
  const daemons: RealDaemon[] = [];
  const folders: string[] = [];

  afterEach(async () => {
    await Promise.all(daemons.splice(0).map((daemon) => daemon.kill('SIGKILL')));
    for (const folder of folders.splice(0)) removeFolder(folder);
  });

  async function start(data: string): Promise<{ daemon: RealDaemon; client: Client }> {
    const daemon = await startDaemon(data, { CARILLON_ENGINES: ENGINES });
    daemons.push(daemon);
    return { daemon, client: openClient({ origin: daemon.origin, token: daemon.token }) };
  }

  /** Makes the requests at once, kills the daemon as soon as the last is answered, and looks. */
  async function survive(cases: readonly Case[]): Promise<void> {
    const data = temporaryFolder();
    folders.push(data);
    const { daemon, client } = await start(data);
    const named = cases.map((one, index) => ({ ...one, name: `case-${index}` }));
    const arranged: unknown[] = [];
    for (const { arrange, name } of named) arranged.push(await arrange?.(client, name));
    const answered = await Promise.all(
      named.map(({ act, name }, index) => act(client, name, arranged[index] as never)),
    );
    await daemon.kill('SIGKILL');

    const after = await start(data);
    for (const [index, { route, find, found, name }] of named.entries()) {
      const seen = await find(after.client, name, answered[index] as never, after.daemon.origin);
      expect({ route, seen: withoutPlan(seen) }).toEqual({
        route,
        seen: withoutPlan(found ?? answered[index]),
      });
    }
  }

  it('is known for every route that changes something', () => {
    const known = new Set<string>([...CASES.map(({ route }) => route), ...NOT_TRIED]);
    const changing = API_ROUTES.filter(({ method }) => method !== 'GET');
    const missing = changing
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !known.has(route));
    expect(missing).toEqual([]);
  });

  it('is there after kill -9, whichever requests they were', { timeout: 60_000 }, () =>
    survive(CASES),
  );

  it.runIf(PROOF_FACTOR > 1).each(CASES.map((one) => [one.route, one] as const))(
    'is there after kill -9 right after %s',
    { timeout: 60_000 },
    (_route, one) => survive([one]),
  );
});

/** A task that is active moves on by itself. */
function withoutPlan(seen: unknown): unknown {
  if (typeof seen !== 'object' || seen === null || !('next_at' in seen)) return seen;
  const { next_at: _next, ...rest } = seen;
  return rest;
}
