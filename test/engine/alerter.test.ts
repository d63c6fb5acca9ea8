import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertPolicy } from '../../src/domain/alerts/alert-policy.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { startAlerter, startPlace, tellOnce, watchOnce } from '../../src/engine/alerter.ts';
import type { InboxItem } from '../../src/domain/inbox/inbox-item.ts';
import { type Bench, draft, openBench } from '../service/bench.ts';
import { recordedChannels, type RecordedChannels } from '../support/recorded-channels.ts';
import { failed, succeeded } from '../support/scripted-executor.ts';

const LOUD: AlertPolicy = {
  on: ['failure', 'recovery', 'missed', 'finding', 'budget'],
  channels: ['phone'],
};
const QUIET: AlertPolicy = { on: [], channels: [] };
const SIGNAL = new AbortController().signal;

let bench: Bench;
let channels: RecordedChannels;
beforeEach(async () => {
  bench = await openBench();
  channels = recordedChannels();
  await watch();
});
afterEach(() => bench.close());

function portsOf() {
  const { store, ports } = bench;
  return { store, announcer: bench.announcer, clock: bench.clock, log: ports.log, channels };
}

async function watch(byDefault: AlertPolicy = LOUD): Promise<void> {
  // A place of its own for each pass: every pass is one of a new daemon.
  await watchOnce(portsOf(), { byDefault }, startPlace());
  await tellOnce(portsOf(), SIGNAL);
}

async function runOnce(name: string, outcome: Outcome): Promise<void> {
  await bench.services.runTask({ task: name });
  const [claim] = await bench.take();
  if (claim === undefined) throw new Error('There is no run to take.');
  await bench.finish(claim, outcome);
}

async function inbox(): Promise<readonly InboxItem[]> {
  return (await bench.services.listInbox({ states: ['unread', 'snoozed', 'done'] })).items;
}

const titles = (): readonly string[] => channels.told.map(({ title }) => title);

describe('the alerter', () => {
  it('tells the first failure of a stretch, none of the next ones, and one recovery', async () => {
    await bench.services.createTask(draft());
    for (let count = 0; count < 3; count += 1) await runOnce('backup', failed());
    await watch();
    await runOnce('backup', failed());
    await watch();
    expect(titles()).toEqual(['backup failed']);
    expect(await inbox()).toMatchObject([
      { kind: 'failure', count: 4, state: { kind: 'unread' }, recoveredAt: undefined },
    ]);
    await runOnce('backup', succeeded());
    await runOnce('backup', succeeded());
    await watch();
    expect(channels.told.map(({ title, body }) => [title, body.split('\n')[0]])).toEqual([
      ['backup failed', 'The command ended with exit code 1.'],
      ['backup works again', 'It had failed 4 times.'],
    ]);
    expect((await inbox())[0]?.recoveredAt).toBeDefined();
    await runOnce('backup', failed());
    await watch();
    expect(titles()).toEqual(['backup failed', 'backup works again', 'backup failed']);
  });

  it('decides the same in one pass as in many', async () => {
    await bench.services.createTask(draft());
    await runOnce('backup', failed());
    await runOnce('backup', failed());
    await runOnce('backup', succeeded());
    await runOnce('backup', failed());
    await watch();
    expect(await inbox()).toMatchObject([
      { count: 1, recoveredAt: undefined },
      { count: 2, recoveredAt: expect.anything() },
    ]);
  });

  it('keeps failures and missed runs in the inbox although nobody is told', async () => {
    const policies = { catchUp: { mode: 'none' } } as const;
    await bench.services.createTask(draft({ policies }));
    await runOnce('backup', failed());
    bench.clock.advance(5 * 3_600_000);
    await bench.plan();
    await watch(QUIET);
    expect(channels.told).toEqual([]);
    expect(await inbox()).toMatchObject([{ kind: 'missed' }, { kind: 'failure' }]);
  });

  it('tells missed occurrences once, until a run has succeeded', async () => {
    await bench.services.createTask(draft({ policies: { catchUp: { mode: 'none' } } }));
    for (let count = 0; count < 3; count += 1) {
      bench.clock.advance(5.25 * 3_600_000);
      await bench.plan();
      await watch();
    }
    expect(titles()).toEqual(['backup was missed']);
    expect(await inbox()).toMatchObject([{ kind: 'missed' }]);
    await runOnce('backup', succeeded());
    await watch();
    expect(titles()).toEqual(['backup was missed']);
    expect((await inbox())[0]?.recoveredAt).toBeDefined();
  });

  it('goes by the rule of the task', async () => {
    const alerts: AlertPolicy = { on: ['recovery'], channels: ['desk'] };
    await bench.services.createTask(draft({ policies: { alerts } }));
    await runOnce('backup', failed());
    await watch();
    expect(titles()).toEqual([]);
    await runOnce('backup', succeeded());
    await watch();
    expect(channels.told).toMatchObject([{ title: 'backup works again', names: ['desk'] }]);
  });

  it('tells nothing twice when it is killed anywhere between two steps', async () => {
    await bench.services.createTask(draft());
    await runOnce('backup', failed());
    // Decided and written down, but not told: told by the next daemon.
    await watchOnce(portsOf(), { byDefault: LOUD }, startPlace());
    expect(titles()).toEqual([]);
    // The position was not moved because another had moved it: nothing is decided anew.
    expect(await bench.store.inbox.applyAlerts(0, 5, [], bench.clock.now())).toBe(false);
    await watch();
    await watch();
    expect(titles()).toEqual(['backup failed']);
    expect(await inbox()).toHaveLength(1);
  });

  it('leaves alone what happened before it was there for the first time', async () => {
    const fresh = await openBench();
    try {
      await fresh.services.createTask(draft());
      await fresh.services.runTask({ task: 'backup' });
      const [claim] = await fresh.take();
      if (claim !== undefined) await fresh.finish(claim, failed());
      const { store, announcer, clock } = fresh;
      const ports = { store, announcer, clock, log: fresh.ports.log, channels };
      await watchOnce(ports, { byDefault: LOUD }, startPlace());
      await watchOnce(ports, { byDefault: LOUD }, startPlace());
      expect((await fresh.services.listInbox({})).items).toEqual([]);
    } finally {
      await fresh.close();
    }
  });

  it('tries again what no channel took, and then leaves it to the inbox', async () => {
    await bench.services.createTask(draft());
    channels.isOpen = false;
    await runOnce('backup', failed());
    await watch();
    await watch();
    expect(titles()).toHaveLength(1);
    for (let count = 0; count < 9; count += 1) {
      bench.clock.advance(3 * 3_600_000);
      await watch();
    }
    expect(titles()).toHaveLength(5);
    expect(new Set(channels.told.map(({ key }) => key)).size).toBe(1);
    expect(await inbox()).toMatchObject([
      {
        state: { kind: 'unread' },
        pending: undefined,
        deliveries: [{ channel: 'phone', isDelivered: false, note: 'It was not taken.' }],
      },
    ]);
  });

  it('tells a snoozed item again when its time has come, and never one that is done', async () => {
    await bench.services.createTask(draft());
    await runOnce('backup', failed());
    await watch(QUIET);
    const [item] = await inbox();
    const until = bench.clock.now().add({ hours: 2 });
    await bench.services.settleInboxItem(item?.id ?? 0, { kind: 'snooze', until });
    await watch();
    expect(await inbox()).toMatchObject([{ state: { kind: 'snoozed', until } }]);
    bench.clock.advance(2 * 3_600_000);
    await watch();
    expect(titles()).toEqual(['backup failed']);
    expect(await inbox()).toMatchObject([{ state: { kind: 'unread' } }]);
    const later = bench.clock.now().add({ hours: 1 });
    await bench.services.settleInboxItem(item?.id ?? 0, { kind: 'snooze', until: later });
    await bench.services.settleInboxItem(item?.id ?? 0, { kind: 'done' });
    bench.clock.advance(2 * 3_600_000);
    await watch();
    expect(titles()).toHaveLength(1);
  });

  it('tells a spent budget as such, and once', async () => {
    await bench.services.createTask(draft());
    await runOnce('backup', failed('budget', false));
    await runOnce('backup', failed('budget', false));
    await watch();
    expect(titles()).toEqual(['backup reached its budget']);
    expect(await inbox()).toMatchObject([{ kind: 'budget', count: 2 }]);
  });

  it('tells a run that a budget holds once, and what a run has to report each time', async () => {
    await bench.services.createTask(draft());
    await bench.services.runTask({ task: 'backup' });
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('There is no run to take.');
    const until = bench.clock.now().add({ hours: 3 });
    const reason = 'the budget of the task, $2 a day is used up';
    const held = { to: 'held', until, reason, counts: false } as const;
    const now = bench.clock.now();
    await bench.store.finishAttempt(claim, failed('budget', false), held, now);
    await watch();
    bench.clock.advance(3 * 3_600_000);
    for (const again of await bench.take()) {
      await bench.finish(again, succeeded({ outputBytes: 5 }));
    }
    await watch();
    await runOnce('backup', succeeded({ outputBytes: 7 }));
    await runOnce('backup', succeeded());
    await watch();
    const report = 'backup has something to report';
    expect(titles()).toEqual(['backup waits for its budget', report, report]);
    expect(await inbox()).toMatchObject([
      { kind: 'finding', state: { kind: 'unread' } },
      { kind: 'finding' },
      { kind: 'budget', recoveredAt: expect.anything() },
    ]);
  });

  it('writes nothing for changes that mean nothing, and goes on where another has moved to', async () => {
    const place = startPlace();
    await bench.services.createTask(draft());
    await runOnce('backup', succeeded());
    await watchOnce(portsOf(), { byDefault: LOUD }, place);
    expect(place.seen).toBe(await bench.store.lastChangeId());
    expect(await bench.store.inbox.alertPosition()).toBeLessThan(place.seen);
    await runOnce('backup', failed());
    await watch();
    expect(await watchOnce(portsOf(), { byDefault: LOUD }, place)).toBe(0);
    await watchOnce(portsOf(), { byDefault: LOUD }, place);
    expect(await inbox()).toMatchObject([{ kind: 'failure', count: 1 }]);
  });

  it('is woken by the changes themselves, and stops', async () => {
    const alerter = startAlerter(portsOf(), { byDefault: LOUD });
    await bench.services.createTask(draft());
    await runOnce('backup', failed());
    for (let turn = 0; turn < 2_000 && channels.told.length === 0; turn += 1) {
      await new Promise((next) => setImmediate(next));
    }
    await alerter.stop();
    expect(titles()).toEqual(['backup failed']);
    expect(bench.announcer.listeners).toBe(0);
  });
});
