import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilFinished } from '../support/scripted-executor.ts';
import { every, once, openBench, type Bench } from './bench.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('planning', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.close());

  it('starts a run at its scheduled time and not before', async () => {
    const task = await bench.add({ rule: every(10_000) });
    bench.start();
    await bench.pass(9_999, 333);
    expect(await bench.runs(task)).toEqual([]);
    await bench.pass(1, 1);
    const [run] = await bench.runs(task);
    expect(run?.scheduledFor?.toString()).toBe('2026-11-02T08:00:10Z');
    expect(run?.startedAt?.toString()).toBe('2026-11-02T08:00:10Z');
    expect(run?.state).toBe('succeeded');
  });

  it('starts a task that is made while the planner waits', async () => {
    bench.start();
    await bench.pass(100, 100);
    const task = await bench.add({ rule: once('2026-11-02T08:00:00.300Z') });
    await bench.pass(200, 100);
    expect(await bench.runs(task)).toHaveLength(1);
    expect((await bench.store.findTask({ by: 'id', id: task.id }))?.state).toBe('ended');
  });

  it('waits 60 days for an occurrence that far away, and not a moment less', async () => {
    const task = await bench.add({ rule: every(60 * DAY_MS) });
    bench.start();
    await bench.pass(5_000, 1_000);
    expect(bench.executor.executions).toHaveLength(0);
    await bench.jump(60 * DAY_MS - 6_000);
    await bench.pass(999, 333);
    expect(bench.executor.executions).toHaveLength(0);
    await bench.pass(2_000);
    expect((await bench.runs(task)).map((run) => run.scheduledFor?.toString())).toEqual([
      '2027-01-01T08:00:00Z',
    ]);
  });

  it('plans a year asleep on a task of every second in one step', async () => {
    const task = await bench.add({ rule: every(1_000), catchUp: { mode: 'latest' } });
    await bench.jump(365 * DAY_MS);
    bench.start();
    await bench.pass(500);
    const ledger = await bench.ledger(task);
    expect(ledger[0]).toMatchObject({
      kind: 'missed',
      reason: 'superseded',
      count: 10_000,
      isCountExact: false,
    });
    expect(ledger[0]?.from.toString()).toBe('2026-11-02T08:00:01Z');
    // What came due in the last minute is on time.
    expect(ledger[1]?.from.epochMilliseconds).toBe((ledger[0]?.to.epochMilliseconds ?? 0) + 1_000);
    expect(ledger.length).toBeLessThan(70);
  });

  it('runs 1,000 tasks that are due in one second within two', { timeout: 30_000 }, async () => {
    for (let count = 0; count < 1_000; count += 1)
      await bench.add({ rule: once('2026-11-02T08:01:00Z') });
    bench.start({ workers: 64 });
    await bench.jump(60_000 - (bench.clock.now().epochMilliseconds % 60_000));
    await bench.pass(2_000);
    const runs = await bench.runs();
    expect(runs).toHaveLength(1_000);
    expect(runs.every((run) => run.state === 'succeeded')).toBe(true);
    expect(new Set(bench.executor.executions.map(({ run }) => run.taskId)).size).toBe(1_000);
  });

  it.each([
    ['an hour ahead', HOUR_MS],
    ['25 hours ahead', 25 * HOUR_MS],
  ])('covers every occurrence once when the clock is set %s', async (_name, ms) => {
    const task = await bench.add({ rule: every(7_000), catchUp: { mode: 'none' } });
    bench.start();
    await bench.pass(15_000, 500);
    await bench.jump(ms);
    // It looks at the wall clock every second, so it reacts within two.
    await bench.pass(2_000);
    await expectCovered(task, 7_000);
    expect(bench.log.lines.some((line) => line.message.includes('clock jumped'))).toBe(true);
  });

  it('runs nothing twice when the clock is set back, and goes on when it is past the old time', async () => {
    const task = await bench.add({ rule: every(7_000) });
    bench.start();
    await bench.pass(15_000, 500);
    await bench.jump(-2 * HOUR_MS);
    await bench.pass(20_000, 500);
    expect(bench.executor.executions).toHaveLength(2);
    await bench.jump(2 * HOUR_MS);
    await bench.pass(2_000);
    await expectCovered(task, 7_000);
  });

  it('catches up within two seconds after a suspend, during which only the wall clock went on', async () => {
    const task = await bench.add({ rule: every(HOUR_MS), catchUp: { mode: 'latest' } });
    bench.start();
    await bench.pass(1_000);
    await bench.jump(8 * HOUR_MS + 120_000);
    await bench.pass(2_000);
    const runs = await bench.runs(task);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.scheduledFor?.toString()).toBe('2026-11-02T16:00:00Z');
    expect(runs[0]?.missedCount).toBe(7);
    await expectCovered(task, HOUR_MS);
  });

  it('spreads what it catches up and keeps its order', async () => {
    const catchUp = { mode: 'all', windowMs: 5 * HOUR_MS, spreadMs: 8_000 } as const;
    const task = await bench.add({ rule: every(HOUR_MS), catchUp });
    await bench.jump(10 * HOUR_MS + 120_000);
    bench.start();
    await bench.pass(12_000, 500);
    const runs = await bench.runs(task);
    expect(runs.map((run) => run.scheduledFor?.toString().slice(11, 16))).toEqual([
      '14:00',
      '15:00',
      '16:00',
      '17:00',
      '18:00',
    ]);
    const starts = runs.map(
      (run) =>
        (run.startedAt?.epochMilliseconds ?? 0) - (runs[0]?.startedAt?.epochMilliseconds ?? 0),
    );
    expect(starts).toEqual([0, 2_000, 4_000, 6_000, 8_000]);
    await expectCovered(task, HOUR_MS);
  });

  it('catches up at most 100 occurrences', async () => {
    const catchUp = { mode: 'all', windowMs: 30 * DAY_MS } as const;
    const task = await bench.add({ rule: every(HOUR_MS), catchUp });
    await bench.jump(20 * DAY_MS + 120_000);
    bench.start();
    await bench.pass(3_000);
    expect(await bench.runs(task)).toHaveLength(100);
    expect((await bench.ledger(task))[0]).toMatchObject({
      kind: 'missed',
      reason: 'too_many',
      count: 380,
    });
    await expectCovered(task, HOUR_MS);
  });

  it('sets a task aside that cannot be planned, and plans the others', async () => {
    const rule = { kind: 'cron', source: '?', dialect: 'carillon', pattern: 'nonsense' } as const;
    const good = await bench.add({ rule: every(1_000) });
    const bad = await bench.add({ rule: every(1_000) });
    const broken = {
      ...bad.definition,
      schedule: bad.definition.schedule && { ...bad.definition.schedule, rule },
    };
    const update = { ...bad, definition: broken, version: 2, revision: 2 };
    expect(await bench.store.updateTask(update, 'task.updated', [])).toBe('updated');
    bench.start();
    await bench.pass(3_000);
    expect((await bench.store.findTask({ by: 'id', id: bad.id }))?.state).toBe('paused');
    expect(await bench.runs(good)).toHaveLength(3);
  });

  it('ends a task after as many runs as it may have', async () => {
    const task = await bench.add({ rule: every(1_000), schedule: { runsMax: 3 } });
    bench.start();
    await bench.pass(6_000);
    expect(await bench.runs(task)).toHaveLength(3);
    expect((await bench.store.findTask({ by: 'id', id: task.id }))?.state).toBe('ended');
  });

  it('does not count what overlap skips among the runs that a task may have', async () => {
    const task = await bench.add({
      rule: every(1_000),
      schedule: { runsMax: 2 },
    });
    const held = untilFinished();
    bench.executor.script(held.step);
    bench.start();
    await bench.pass(3_000);
    expect(await bench.runs(task)).toHaveLength(1);
    held.finish();
    await bench.pass(3_000);
    expect(await bench.runs(task)).toHaveLength(2);
    expect((await bench.store.findTask({ by: 'id', id: task.id }))?.state).toBe('ended');
  });

  it('does not take jitter for lateness', async () => {
    const task = await bench.add({
      rule: every(HOUR_MS),
      schedule: { jitterMs: 30 * 60_000 },
      catchUp: { mode: 'none' },
    });
    const { next } = task;
    const jitterMs =
      (next?.dueAt.epochMilliseconds ?? 0) - (next?.scheduledFor.epochMilliseconds ?? 0);
    expect(jitterMs).toBeGreaterThan(120_000);
    bench.start();
    await bench.jump(HOUR_MS + jitterMs - 2_000);
    await bench.pass(1_500);
    expect(await bench.runs(task)).toEqual([]);
    await bench.pass(1_500);
    expect((await bench.runs(task)).map((run) => run.scheduledFor?.toString())).toEqual([
      '2026-11-02T09:00:00Z',
    ]);
  });

  async function expectCovered(
    task: Parameters<Bench['ledger']>[0],
    intervalMs: number,
  ): Promise<void> {
    const ledger = await bench.ledger(task);
    let expectedMs = task.createdAt.epochMilliseconds + intervalMs;
    for (const entry of ledger) {
      expect(entry.from.epochMilliseconds).toBe(expectedMs);
      expectedMs = entry.to.epochMilliseconds + intervalMs;
    }
    expect(expectedMs).toBeGreaterThan(bench.clock.now().epochMilliseconds);
  }
});
