import { describe, expect, it } from 'vitest';
import type { AlertPolicy } from '../../../src/domain/alerts/alert-policy.ts';
import {
  findingItem,
  onFailure,
  onMissed,
  onSuccess,
} from '../../../src/domain/alerts/decide-alert.ts';
import { nextTry, wordsOf } from '../../../src/domain/alerts/tell-item.ts';
import {
  firstTry,
  type InboxItem,
  type PendingNotice,
} from '../../../src/domain/inbox/inbox-item.ts';
import { settleItem } from '../../../src/domain/inbox/settle-item.ts';
import type { LedgerEntry } from '../../../src/domain/ledger.ts';
import { seededIds } from '../../support/ids.ts';
import { minuteTask } from '../../store/fixtures.ts';
import { RUN } from '../../support/run.ts';

const NOW = Temporal.Instant.from('2026-11-21T09:00:00Z');
const QUIET: AlertPolicy = { on: [], channels: [] };
const LOUD: AlertPolicy = {
  on: ['failure', 'recovery', 'missed', 'finding', 'budget'],
  channels: ['phone'],
};
const { definition } = minuteTask(seededIds(), NOW);
const FAILED = { ...RUN, state: 'failed', message: 'The command ended with exit code 1.' } as const;

function item(changes: Partial<InboxItem> = {}): InboxItem {
  return {
    id: 7,
    kind: 'failure',
    cause: 'failure:x',
    namespace: 'native',
    taskId: RUN.taskId,
    taskName: 'ping',
    runId: RUN.id,
    title: 'ping failed',
    body: 'It failed.',
    count: 3,
    state: { kind: 'unread' },
    recoveredAt: undefined,
    createdAt: NOW,
    updatedAt: NOW,
    notice: { channels: ['phone'], level: 'warning', sound: undefined },
    pending: undefined,
    deliveries: [],
    ...changes,
  };
}

describe('a failure', () => {
  it('opens an item, told only when the rule says so', () => {
    expect(onFailure(FAILED, definition, QUIET, [])).toMatchObject({
      kind: 'open',
      item: {
        kind: 'failure',
        cause: `failure:${RUN.id}`,
        title: 'ping failed',
        body: `The command ended with exit code 1.\ncarillon runs show ${RUN.id}`,
        isTold: false,
      },
    });
    expect(onFailure(FAILED, definition, LOUD, [])).toMatchObject({
      item: { isTold: true, notice: { channels: ['phone'], level: 'warning' } },
    });
  });

  it('follows the rule of the task before that of the daemon', () => {
    const own = { ...definition, policies: { ...definition.policies, alerts: QUIET } };
    expect(onFailure(FAILED, own, LOUD, [])).toMatchObject({ item: { isTold: false } });
  });

  it('is only counted while an earlier one has not recovered', () => {
    expect(onFailure(FAILED, definition, LOUD, [item()])).toEqual({
      kind: 'again',
      id: 7,
      count: 1,
    });
    expect(onFailure(FAILED, definition, LOUD, [item({ kind: 'missed' })])?.kind).toBe('open');
  });

  it('of a budget is another cause', () => {
    const spent = { ...FAILED, stateReason: 'budget' };
    expect(onFailure(spent, definition, LOUD, [item()])).toMatchObject({
      kind: 'open',
      item: { kind: 'budget', title: 'ping reached its budget', isTold: true },
    });
    const rule: AlertPolicy = { on: ['failure'], channels: [] };
    expect(onFailure(spent, definition, rule, [])).toMatchObject({ item: { isTold: false } });
  });

  it('of a reminder opens none, for the reminder is in the inbox already', () => {
    const action = {
      kind: 'reminder',
      title: 'a',
      body: '',
      channels: [],
      sound: undefined,
    } as const;
    expect(onFailure(FAILED, { ...definition, action }, LOUD, [])).toBeUndefined();
  });
});

describe('a success', () => {
  it('ends every stretch of the task and tells of failures alone', () => {
    const open = [item(), item({ id: 8, kind: 'missed' })];
    expect(onSuccess(definition, LOUD, open)).toEqual([
      { kind: 'recovered', id: 7, isTold: true },
      { kind: 'recovered', id: 8, isTold: false },
    ]);
    expect(
      onSuccess(definition, QUIET, open).map((step) => 'isTold' in step && step.isTold),
    ).toEqual([false, false]);
    expect(onSuccess(definition, LOUD, [])).toEqual([]);
  });
});

describe('missed occurrences', () => {
  const entry = (changes: Partial<LedgerEntry> = {}): LedgerEntry =>
    ({
      taskId: RUN.taskId,
      from: NOW,
      to: NOW.add({ hours: 2 }),
      count: 3,
      isCountExact: true,
      recordedAt: NOW,
      kind: 'missed',
      reason: 'window_passed',
      ...changes,
    }) as LedgerEntry;
  const missed = (entries: readonly LedgerEntry[], open: readonly InboxItem[] = []) =>
    onMissed(
      { namespace: 'native', taskId: RUN.taskId, taskName: 'ping' },
      definition,
      LOUD,
      entries,
      open,
    );

  it('open one item for all that were recorded at once', () => {
    const later = entry({ from: NOW.add({ hours: 5 }), to: NOW.add({ hours: 5 }), count: 1 });
    expect(missed([entry(), later])).toMatchObject({
      kind: 'open',
      item: {
        kind: 'missed',
        title: 'ping was missed',
        body: `4 occurrences from 2026-11-21T10:00:00+01:00 to 2026-11-21T15:00:00+01:00 were not run.\ncarillon explain ${RUN.taskId}`,
        isTold: true,
      },
    });
    expect(missed([later])).toMatchObject({
      item: {
        body: expect.stringMatching(/^The occurrence of 2026-11-21T15:00:00\+01:00 was not run/),
      },
    });
  });

  it('are no loss when a later one stands for them', () => {
    const superseded = { reason: 'superseded' } as Partial<LedgerEntry>;
    expect(missed([entry(superseded)])).toBeUndefined();
    const skipped = { kind: 'skipped', reason: 'overlap' } as Partial<LedgerEntry>;
    expect(missed([entry(skipped)])).toBeUndefined();
  });

  it('are added to the ones before', () => {
    expect(missed([entry()], [item({ kind: 'missed' })])).toEqual({
      kind: 'again',
      id: 7,
      count: 3,
    });
  });
});

it('keeps a finding under the cause that it is given', () => {
  expect(findingItem(RUN, definition, LOUD, 'page-1', 'It is new.')).toMatchObject({
    kind: 'finding',
    cause: 'finding:page-1',
    body: 'It is new.',
    isTold: true,
  });
});

describe('telling an item', () => {
  const pending = firstTry('item', NOW);
  const failed = [{ channel: 'phone', isDelivered: false, note: 'No.' }];

  it('says the same under the same key at every try, and another thing after a recovery', () => {
    const first = wordsOf(item(), pending);
    expect(first).toMatchObject({ title: 'ping failed', body: 'It failed.', level: 'warning' });
    const again = nextTry(pending, failed, NOW);
    expect(again && wordsOf(item(), again)).toEqual(first);
    const recovered = wordsOf(item(), firstTry('recovery', NOW));
    expect(recovered).toMatchObject({
      title: 'ping works again',
      body: 'It had failed 3 times.',
      level: 'info',
    });
    expect(recovered.key).not.toBe(first.key);
  });

  it('is tried four times more with growing waits, and then left to the inbox', () => {
    const waits: number[] = [];
    let now = NOW;
    let next: PendingNotice | undefined = pending;
    while (next !== undefined) {
      next = nextTry(next, failed, now);
      if (next !== undefined) {
        waits.push((next.at.epochMilliseconds - now.epochMilliseconds) / 60_000);
        now = next.at;
      }
    }
    expect(waits).toEqual([1, 5, 30, 120]);
    expect(nextTry(pending, [{ channel: 'a', isDelivered: true, note: '' }], NOW)).toBeUndefined();
  });
});

describe('settling an item', () => {
  it('puts it away for good, or until it is told again', () => {
    const waiting = item({ pending: firstTry('item', NOW) });
    expect(settleItem(waiting, { kind: 'done' }, NOW)).toEqual({
      state: { kind: 'done' },
      pending: undefined,
    });
    const until = NOW.add({ hours: 2 });
    expect(settleItem(item(), { kind: 'snooze', until }, NOW)).toEqual({
      state: { kind: 'snoozed', until },
      pending: firstTry('item', until),
    });
    const snoozed = item({ state: { kind: 'snoozed', until }, pending: firstTry('item', until) });
    expect(settleItem(snoozed, { kind: 'unread' }, NOW)).toEqual({
      state: { kind: 'unread' },
      pending: undefined,
    });
  });

  it.each([NOW, NOW.subtract({ hours: 1 }), NOW.add({ hours: 24 * 400 })])(
    'is refused until %s',
    (until) => {
      expect(() => settleItem(item(), { kind: 'snooze', until }, NOW)).toThrow('366 days');
    },
  );
});
