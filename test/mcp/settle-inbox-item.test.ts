import { Client } from '@modelcontextprotocol/client';
import { afterEach, expect, it } from 'vitest';
import { called } from './clients.ts';
import { type Door, openDoor } from './door.ts';

let door: Door | undefined;
afterEach(() => door?.close());

it('lets an assistant find what is unread and settle it', async () => {
  door = await openDoor();
  await door.bench.store.inbox.add(
    {
      kind: 'reminder',
      cause: 'reminder:1',
      namespace: 'native',
      taskId: undefined,
      taskName: 'tea',
      runId: undefined,
      title: 'Tea',
      body: 'It is ready.',
      notice: { channels: [], level: 'info', sound: undefined },
      deliveries: [{ channel: 'desk', isDelivered: false, note: 'There is no session bus.' }],
      isTold: false,
    },
    door.bench.clock.now(),
  );
  const client = new Client({ name: 't', version: '1' });
  await client.connect(await door.pipe());
  const call = async (name: string, given: Record<string, unknown>) =>
    called(await client.callTool({ name, arguments: given }));

  expect((await call('what_happened', {})).text).toContain(
    '- 1 reminder, unread, 2026-11-02T09:00:00+01:00 (now): Tea: It is ready. (no channel could show it)',
  );
  const snooze = { item: 1, as: 'snooze', until: '2h' };
  expect((await call('settle_inbox_item', snooze)).text).toContain(
    'comes back 2026-11-02T11:00:00+01:00 (in 2h)',
  );
  expect((await call('what_happened', {})).text).not.toContain('Tea');
  expect((await call('settle_inbox_item', { item: 1, as: 'done' })).text).toContain(
    '1 reminder, done',
  );
  expect(await call('settle_inbox_item', { item: 1, as: 'snooze' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('"until" is needed to snooze'),
  });
  expect(await call('settle_inbox_item', { ...snooze, as: 'done' })).toMatchObject({
    isError: true,
  });
  expect(await call('settle_inbox_item', { ...snooze, until: 'soon' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('"until": "soon" is not a time.'),
  });
  await client.close();
});
