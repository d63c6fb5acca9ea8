import { describe, expect, it } from 'vitest';
import type { AlertPolicy } from '../../../src/domain/alerts/alert-policy.ts';
import {
  onFailure,
  onFinding,
  onHeld,
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
import { actionOf } from '../../support/actions.ts';
import { RUN } from '../../support/run.ts';
import { resultOf } from '../../support/scripted-executor.ts';
import type { Answer } from '../../../src/domain/outcome.ts';
import type { Run } from '../../../src/domain/run.ts';

const ANSWER: Answer = {
  text: undefined,
  data: undefined,
  session: undefined,
  turns: undefined,
  usage: undefined,
  costUsd: undefined,
  isCostEstimated: false,
  costByModel: {},
  toolCalls: 0,
  denials: [],
  terminalReason: undefined,
};
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

describe('a finding', () => {
  const AGENT = { ...definition, action: actionOf('agent') };
  const answer = { ...ANSWER, text: ' Two pull requests wait.\n' };
  const FOUND: Run = { ...RUN, state: 'succeeded', result: resultOf({ answer }) };

  it('is what an agent answered, told under the run as its cause', () => {
    expect(onFinding(FOUND, AGENT, LOUD)).toMatchObject({
      kind: 'open',
      item: {
        kind: 'finding',
        cause: `finding:${RUN.id}`,
        runId: RUN.id,
        title: 'ping has something to report',
        body: 'Two pull requests wait.',
        notice: { level: 'info' },
        isTold: true,
      },
    });
  });

  it('is what a command printed, by its size', () => {
    const printed: Run = { ...FOUND, result: resultOf({ outputBytes: 12 }) };
    expect(onFinding(printed, definition, LOUD)).toMatchObject({
      item: { body: `It printed 12 bytes.\ncarillon runs logs ${RUN.id}` },
    });
  });

  it.each<readonly [string, Run, typeof definition, AlertPolicy]>([
    ['nobody asked for it', FOUND, AGENT, { on: ['failure'], channels: [] }],
    ['the answer is empty', { ...FOUND, result: resultOf({ answer: ANSWER }) }, AGENT, LOUD],
    ['nothing was printed', { ...FOUND, result: resultOf() }, definition, LOUD],
    ['the run failed', { ...FOUND, state: 'failed' }, AGENT, LOUD],
    ['it was a reminder', FOUND, { ...definition, action: actionOf('reminder') }, LOUD],
  ])('is none when %s', (_why, run, of, rule) => {
    expect(onFinding(run, of, rule)).toBeUndefined();
  });
});

describe('a run that is held', () => {
  const heldUntil = NOW.add({ hours: 14 });
  const held = (stateReason: string): Run => ({ ...RUN, state: 'held', stateReason, heldUntil });
  const OF_TASK = held('the budget of the task, $2 a day is used up');

  it('for its budget opens an item that says until when, and the next ones are counted there', () => {
    expect(onHeld(OF_TASK, definition, LOUD, [])).toMatchObject({
      kind: 'open',
      item: {
        kind: 'budget',
        title: 'ping waits for its budget',
        body: `It is held until 2026-11-22T00:00:00+01:00, because the budget of the task, $2 a day is used up.\ncarillon runs show ${RUN.id}`,
        isTold: true,
      },
    });
    expect(onHeld(OF_TASK, definition, LOUD, [item({ kind: 'budget' })])).toEqual({
      kind: 'again',
      id: 7,
      count: 1,
    });
  });

  it('for the budget of the daemon has one cause for all tasks', () => {
    const shared = held('the budget of the daemon, $2 a day is used up');
    const other = { ...shared, taskId: seededIds(9).taskId() };
    const causes = [shared, other].map((run) => {
      const step = onHeld(run, definition, LOUD, []);
      return step?.kind === 'open' ? step.item.cause : undefined;
    });
    expect(causes[0]).toBe(causes[1]);
    expect(onHeld(OF_TASK, definition, LOUD, [])).not.toMatchObject({ item: { cause: causes[0] } });
  });

  it('for a usage limit opens none', () => {
    expect(onHeld(held('the usage limit was reached'), definition, LOUD, [])).toBeUndefined();
  });

  it('has not failed, so nobody is told that it works again', () => {
    const step = onHeld(OF_TASK, definition, LOUD, []);
    const cause = step?.kind === 'open' ? step.item.cause : '';
    expect(onSuccess(definition, LOUD, [item({ kind: 'budget', cause })])).toEqual([
      { kind: 'recovered', id: 7, isTold: false },
    ]);
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
