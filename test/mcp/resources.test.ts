import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../src/domain/task.ts';
import { draft } from '../service/bench.ts';
import { type Door, openDoor, settle } from './door.ts';

let door: Door;
let task: Task;
beforeEach(async () => {
  door = await openDoor();
  ({ task } = await door.bench.services.createTask(draft()));
});
afterEach(() => door.close());

const MODES = [
  ['2026-07-28', 'pipe', { pin: '2026-07-28' }],
  ['2026-07-28', 'http', { pin: '2026-07-28' }],
  ['2025-11-25', 'pipe', 'legacy'],
  ['2025-11-25', 'http', 'legacy'],
] as const;

async function connect(transport: 'pipe' | 'http', mode: 'legacy' | { readonly pin: string }) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(transport === 'pipe' ? await door.pipe() : door.http());
  return client;
}

describe.each(MODES)('a %s client over %s', (_era, transport, mode) => {
  it('lists, completes and reads tasks and runs', async () => {
    const client = await connect(transport, mode);
    const run = await door.bench.services.runTask({ task: 'backup' });
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      `carillon://tasks/${task.id}`,
      `carillon://runs/${run.id}`,
    ]);
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'carillon://tasks/{id}' },
      argument: { name: 'id', value: 'back' },
    });
    expect(completion.values).toEqual([task.id]);
    const { contents } = await client.readResource({ uri: `carillon://tasks/${task.id}` });
    const [content] = contents;
    expect(
      JSON.parse(content !== undefined && 'text' in content ? content.text : ''),
    ).toMatchObject({ task: { name: 'backup' }, receipt: { timezone: 'Europe/Berlin' } });
    await expect(client.readResource({ uri: 'carillon://runs/run_none' })).rejects.toMatchObject({
      code: -32_602,
    });
    await client.close();
  });

  it('offers prompts that quote what they were given', async () => {
    const client = await connect(transport, mode);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      'schedule_something',
      'review_schedule',
      'diagnose_failure',
    ]);
    const { messages } = await client.getPrompt({
      name: 'diagnose_failure',
      arguments: { task: 'backup' },
    });
    expect(JSON.stringify(messages)).toContain(String.raw`the task \"backup\" in`);
    await client.close();
  });
});

describe.each([
  ['pipe', { pin: '2026-07-28' }],
  ['http', { pin: '2026-07-28' }],
] as const)('a subscription of 2026-07-28 over %s', (transport, mode) => {
  it('tells of the watched resource alone, once for many changes', async () => {
    const client = await connect(transport, mode);
    const updated: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      updated.push(params.uri);
    });
    const other = await door.bench.services.createTask(draft({ name: 'other' }));
    const subscription = await client.listen({
      resourceSubscriptions: [`carillon://tasks/${task.id}`],
    });
    await settle();
    await door.bench.services.pauseTask('backup');
    await door.bench.services.resumeTask('backup');
    await door.bench.services.pauseTask(other.task.id);
    expect(updated).toEqual([]);
    door.bench.clock.advance(250);
    await settle();
    expect(updated).toEqual([`carillon://tasks/${task.id}`]);
    await subscription.close();
    await client.close();
  });
});

describe.each(['pipe', 'http'] as const)('a subscription of 2025-11-25 over %s', (transport) => {
  it('tells of the watched resource until it is given up, and of the list', async () => {
    const client = await connect(transport, 'legacy');
    const uri = `carillon://tasks/${task.id}`;
    const told: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      told.push(params.uri);
    });
    client.setNotificationHandler('notifications/resources/list_changed', () => {
      told.push('list');
    });
    await settle();
    await client.subscribeResource({ uri });
    await door.bench.services.pauseTask('backup');
    door.bench.clock.advance(250);
    await settle();
    expect(told).toEqual([uri]);
    await client.unsubscribeResource({ uri });
    await door.bench.services.resumeTask('backup');
    await door.bench.services.createTask(draft({ name: 'other' }));
    door.bench.clock.advance(250);
    await settle();
    expect(told).toEqual([uri, 'list']);
    await client.close();
  });
});

describe('a connection that ends', () => {
  it.each(['legacy', { pin: '2026-07-28' }] as const)(
    'leaves no listener behind (%j)',
    async (mode) => {
      const before = door.bench.announcer.listeners;
      const client = await connect('pipe', mode);
      await client.listTools();
      expect(door.bench.announcer.listeners).toBe(before + 1);
      await client.close();
      await settle();
      expect(door.bench.announcer.listeners).toBe(before);
    },
  );
});
