import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../src/domain/task.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
let task: Task;
beforeEach(async () => {
  bench = await openBench();
  ({ task } = await bench.services.createTask(draft()));
});
afterEach(() => bench.close());

const ledger = () =>
  bench.store.listLedger(task.id, task.createdAt, bench.clock.now().add({ hours: 9 }), 100);

describe('pauseTask', () => {
  it('stops the plan and keeps the reason', async () => {
    const paused = await bench.services.pauseTask('backup', ' the disk is full ');
    expect(paused).toMatchObject({
      state: 'paused',
      stateReason: 'the disk is full',
      next: undefined,
    });
    bench.clock.advance(7_200_000);
    await bench.plan();
    expect((await bench.services.listRuns({})).items).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const once = await bench.services.pauseTask('backup', 'first');
    const twice = await bench.services.pauseTask('backup', 'second');
    expect(twice).toMatchObject({ revision: once.revision, stateReason: 'first' });
  });

  it('plans what is due before it pauses', async () => {
    bench.clock.advanceTo('2026-11-02T09:00:10Z');
    await bench.services.pauseTask('backup');
    expect((await bench.services.listRuns({})).items).toHaveLength(1);
    expect((await bench.services.getTask('backup')).task.state).toBe('paused');
  });

  it('refuses a task that has ended, also when it ends by what is due', async () => {
    await bench.services.updateTask('backup', { when: { once: '2026-11-02T08:30:00Z' } });
    bench.clock.advanceTo('2026-11-02T08:30:00Z');
    await expect(bench.services.pauseTask('backup')).rejects.toMatchObject({ code: 'conflict' });
    expect((await bench.services.listRuns({})).items).toHaveLength(1);
  });
});

describe('resumeTask', () => {
  it('covers the pause with one entry and goes on from now', async () => {
    await bench.services.pauseTask('backup');
    bench.clock.advanceTo('2026-11-02T13:30:00Z');
    const { task: resumed } = await bench.services.resumeTask('backup');
    expect(resumed).toMatchObject({ state: 'active', stateReason: undefined });
    expect(resumed.next?.scheduledFor.toString()).toBe('2026-11-02T14:00:00Z');
    const [entry, ...others] = await ledger();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ kind: 'skipped', reason: 'paused', count: 5 });
    expect(entry?.from.toString()).toBe('2026-11-02T09:00:00Z');
    expect(entry?.to.toString()).toBe('2026-11-02T13:00:00Z');
  });

  it('writes no entry when nothing fell into the pause', async () => {
    await bench.services.pauseTask('backup');
    bench.clock.advance(60_000);
    await bench.services.resumeTask('backup');
    expect(await ledger()).toEqual([]);
  });

  it('counts the occurrences of a long pause up to a bound', async () => {
    await bench.services.updateTask('backup', { when: { cron: '* * * * *' } });
    await bench.services.pauseTask('backup');
    bench.clock.advance(30 * 86_400_000);
    await bench.services.resumeTask('backup');
    const [entry] = await ledger();
    expect(entry).toMatchObject({ count: 10_000, isCountExact: false });
    expect(entry?.to.toString()).toBe(bench.clock.now().toString());
  });

  it('changes nothing for an active task', async () => {
    const { task: same, isRepeat } = await bench.services.resumeTask('backup');
    expect({ isRepeat, revision: same.revision }).toEqual({ isRepeat: true, revision: 1 });
  });

  it('ends a task whose last occurrence fell into the pause', async () => {
    await bench.services.updateTask('backup', { when: { once: '2026-11-02T08:30:00Z' } });
    await bench.services.pauseTask('backup');
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    const { task: ended } = await bench.services.resumeTask('backup');
    expect(ended).toMatchObject({ state: 'ended', next: undefined });
    expect(await ledger()).toMatchObject([{ kind: 'skipped', reason: 'paused', count: 1 }]);
    await expect(bench.services.resumeTask('backup')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('resumes a task without a schedule', async () => {
    await bench.services.updateTask('backup', { removesSchedule: true });
    await bench.services.pauseTask('backup');
    const { task: resumed } = await bench.services.resumeTask('backup');
    expect(resumed).toMatchObject({ state: 'active', next: undefined });
  });

  it('does not count what a task with a most of runs could no longer have run', async () => {
    await bench.services.updateTask('backup', { whenOptions: { runsMax: 1 } });
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    await bench.plan();
    expect((await bench.services.getTask('backup')).task.state).toBe('ended');
    await expect(bench.services.resumeTask('backup')).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('deleteTask', () => {
  it('forgets the task and keeps its runs', async () => {
    const run = await bench.services.runTask({ task: 'backup' });
    const [claim] = await bench.take();
    expect(claim?.run.id).toBe(run.id);
    const deleted = await bench.services.deleteTask('backup');
    expect(deleted.id).toBe(task.id);
    await expect(bench.services.getTask('backup')).rejects.toMatchObject({ code: 'not_found' });
    expect((await bench.services.listRuns({ task: task.id })).items).toHaveLength(1);
    expect((await bench.services.getRun(run.id)).run.taskName).toBe('backup');
  });

  it('cancels runs that have not started and frees the name', async () => {
    const run = await bench.services.runTask({ task: 'backup' });
    await bench.services.deleteTask('backup');
    expect((await bench.services.getRun(run.id)).run.state).toBe('cancelled');
    const { task: again } = await bench.services.createTask(draft());
    expect(again.id).not.toBe(task.id);
  });
});
