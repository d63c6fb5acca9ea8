import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { recordedChannels } from '../support/recorded-channels.ts';
import { type Bench, draft, openBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('2026-11-02T08:00:00Z', { channels: recordedChannels() });
  for (const [n, namespace] of ['native', 'older', 'native'].entries()) {
    await bench.store.inbox.add(
      {
        kind: 'reminder',
        cause: `reminder:${n}`,
        namespace,
        taskId: undefined,
        taskName: 'tea',
        runId: undefined,
        title: `Tea ${n}`,
        body: '',
        notice: { channels: [], level: 'info', sound: undefined },
        deliveries: [],
        isTold: false,
      },
      bench.clock.now(),
    );
  }
});
afterEach(() => bench.close());

const ids = (items: readonly { readonly id: number }[]): readonly number[] =>
  items.map(({ id }) => id);

describe('the inbox', () => {
  it('shows what is not done, and on demand what is', async () => {
    await bench.services.settleInboxItem(1, { kind: 'done' });
    expect(ids((await bench.services.listInbox({})).items)).toEqual([3, 2]);
    expect(ids((await bench.services.listInbox({ states: ['done'] })).items)).toEqual([1]);
    await bench.services.settleInboxItem(1, { kind: 'unread' });
    expect(ids((await bench.services.listInbox({})).items)).toEqual([3, 2, 1]);
  });

  it('shows nobody the items of another namespace, nor settles them', async () => {
    const older = bench.as(owner('test', 'older'));
    expect(ids((await older.listInbox({})).items)).toEqual([2]);
    await expect(older.settleInboxItem(1, { kind: 'done' })).rejects.toThrow('There is no item 1');
    await expect(bench.services.settleInboxItem(9, { kind: 'done' })).rejects.toThrow('no item 9');
  });

  it('is told by what happened', async () => {
    await bench.services.settleInboxItem(3, { kind: 'done' });
    expect(ids((await bench.services.whatHappened({})).inbox)).toEqual([2, 1]);
    const cut = await bench.services.whatHappened({ limit: 1 });
    expect([ids(cut.inbox), cut.isCut]).toEqual([[2], true]);
  });

  it('is settled only by who may run tasks', async () => {
    const reader = bench.as({ ...owner('test'), scopes: ['tasks:read'] });
    expect((await reader.listInbox({})).items).toHaveLength(3);
    await expect(reader.settleInboxItem(1, { kind: 'done' })).rejects.toThrow('tasks:run');
    await expect(reader.sendTestNotice(undefined, new AbortController().signal)).rejects.toThrow(
      'tasks:run',
    );
  });
});

describe('the channels', () => {
  it('that a task names and nobody configured are warned of', async () => {
    const named = { channels: ['phone', 'pager'] };
    const made = await bench.services.createTask(
      draft({
        action: { kind: 'reminder', title: 'Tea', body: '', sound: undefined, ...named },
        policies: { alerts: { on: ['failure'], channels: ['pager', 'bell'] } },
      }),
    );
    expect(made.warnings).toEqual([
      'There is no channel "pager" yet; nothing is told through it. The channels are: phone.',
      'There is no channel "bell" yet; nothing is told through it. The channels are: phone.',
    ]);
  });

  it('are listed and tested, and an unknown one is refused with the nearest name', async () => {
    const { signal } = new AbortController();
    expect(await bench.services.listChannels()).toEqual([{ name: 'phone', kind: 'ntfy' }]);
    expect(await bench.services.sendTestNotice(undefined, signal)).toEqual([
      { channel: 'phone', isDelivered: true, note: 'It was taken.' },
    ]);
    await expect(bench.services.sendTestNotice('fone', signal)).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean "phone"?',
    });
  });
});
