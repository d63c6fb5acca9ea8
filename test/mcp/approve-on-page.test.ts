import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyWith } from '../../src/domain/policy/policy.ts';
import { draft } from '../service/bench.ts';
import { called, type Called } from './clients.ts';
import { openDoor, TOKEN, type Door } from './door.ts';

const ORIGIN = 'http://127.0.0.1:7411';
/** For owners, since pipes are theirs. */
const POLICY = policyWith({
  owner: { create_action: 'ask', update_action: 'ask', delete_task: 'ask' },
});

let door: Door;
beforeEach(async () => {
  door = await openDoor({}, {}, { policy: POLICY });
  const { ports } = door.bench;
  const told = ports.daemon();
  Object.assign(ports, { daemon: () => ({ ...told, address: ORIGIN }) });
});
afterEach(() => door.close());

const MODES = [
  ['2026-07-28', 'pipe', { pin: '2026-07-28' }],
  ['2026-07-28', 'http', { pin: '2026-07-28' }],
  ['2025-11-25', 'pipe', 'legacy'],
  ['2025-11-25', 'http', 'legacy'],
] as const;

type Shown = { readonly mode: string; readonly url: string; readonly message: string };
type Reply = (shown: Shown) => Promise<'accept' | 'decline' | 'cancel'>;

async function connect(
  transport: 'pipe' | 'http',
  mode: (typeof MODES)[number][2],
  reply: Reply,
  elicitation: Readonly<Partial<Record<'url' | 'form', Record<string, never>>>> = { url: {} },
): Promise<{ readonly client: Client; readonly shown: Shown[] }> {
  const shown: Shown[] = [];
  const client = new Client(
    { name: 'browsing', version: '1' },
    { capabilities: { elicitation }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    const one = params as unknown as Shown;
    shown.push(one);
    return { action: await reply(one) };
  });
  await client.connect(transport === 'pipe' ? await door.pipe() : door.http());
  return { client, shown };
}

const ARGUMENTS = { name: 'call', when: 'in 1h', action: { kind: 'command', command: 'true' } };

async function call(client: Client, name: string, args: object): Promise<Called> {
  return called(await client.callTool({ name, arguments: { ...args } }));
}

/** What the page does: reads, and decides over HTTP. */
async function decide(url: string, decision: 'approve' | 'deny'): Promise<void> {
  const id = new URL(url).pathname.split('/').at(-1) ?? '';
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const path = `http://localhost/api/v1/approvals/${id}`;
  const read = await door.app.fetch(new Request(path, { headers }));
  const { content_hash: hash } = (await read.json()) as { readonly content_hash: string };
  const body = JSON.stringify(decision === 'approve' ? { content_hash: hash } : {});
  const request = new Request(`${path}/${decision}`, { method: 'POST', headers, body });
  expect((await door.app.fetch(request)).status).toBe(200);
}

const names = async () =>
  (await door.bench.services.listTasks({})).items.map(({ definition }) => definition.name);

describe.each(MODES)('a %s client that can open a page, over %s', (_era, transport, mode) => {
  it('is led to the approval, and has the result when a person has said yes', async () => {
    const { client, shown } = await connect(transport, mode, async ({ url }) => {
      await decide(url, 'approve');
      return 'accept';
    });
    const answer = await call(client, 'create_task', ARGUMENTS);
    expect(shown).toMatchObject([{ mode: 'url' }]);
    expect(shown[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:7411\/approvals\/appr_[0-9a-z]{26}$/);
    expect(answer).toMatchObject({ isError: false, data: { task: { name: 'call' } } });
    expect(await names()).toEqual(['call']);
    // The same again is another wish.
    await call(client, 'create_task', { ...ARGUMENTS, name: 'second' });
    expect(shown).toHaveLength(2);
    expect(shown[1]?.url).not.toBe(shown[0]?.url);
    await client.close();
  });

  it('waits while the person is still reading, and changes a task once', async () => {
    await addTask();
    let decided: Promise<void> | undefined;
    const { client } = await connect(transport, mode, async ({ url }) => {
      decided = sleep(20).then(() => decide(url, 'approve'));
      return 'accept';
    });
    const action = { kind: 'command', command: 'date' };
    const answer = await call(client, 'update_task', { task: 'backup', action });
    await decided;
    expect(answer).toMatchObject({ isError: false, data: { task: { action, revision: 2 } } });
    await client.close();
  });

  it('is told of a no', async () => {
    const { client } = await connect(transport, mode, async ({ url }) => {
      await decide(url, 'deny');
      return 'accept';
    });
    const answer = await call(client, 'create_task', ARGUMENTS);
    expect(answer).toMatchObject({ isError: true, data: { error: { code: 'forbidden' } } });
    expect(answer.text).toContain('said no');
    expect(await names()).toEqual([]);
    await client.close();
  });

  it('has the link when its user does not go there', async () => {
    const { client } = await connect(transport, mode, async () => 'decline');
    const answer = await call(client, 'create_task', ARGUMENTS);
    expect(answer.data).toMatchObject({ status: 'pending_approval' });
    expect(String(answer.data['link'])).toContain('/approvals/appr_');
    expect(await names()).toEqual([]);
    await client.close();
  });
});

async function addTask(): Promise<void> {
  const { ports } = door.bench;
  Object.assign(ports, { policy: undefined });
  await door.bench.services.createTask(draft());
  Object.assign(ports, { policy: POLICY });
}

describe('a client that goes to the page', () => {
  it('asks in a form as well before a task is deleted', async () => {
    await addTask();
    const { client, shown } = await connect(
      'pipe',
      'legacy',
      async ({ mode, url }) => {
        if (mode === 'url') await decide(url, 'approve');
        return 'accept';
      },
      { url: {}, form: {} },
    );
    const answer = await call(client, 'delete_task', { task: 'backup' });
    expect(shown.map(({ mode }) => mode ?? 'form')).toEqual(['form', 'url']);
    expect(answer).toMatchObject({ isError: false, data: { status: 'approved' } });
    expect(await names()).toEqual([]);
    await client.close();
  });

  it('is not led there when it can show forms alone', async () => {
    const { client, shown } = await connect('pipe', 'legacy', async () => 'accept', { form: {} });
    const answer = await call(client, 'create_task', ARGUMENTS);
    expect(answer.data).toMatchObject({ status: 'pending_approval' });
    expect(shown).toEqual([]);
    await client.close();
  });
});
