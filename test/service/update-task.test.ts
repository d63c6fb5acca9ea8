import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../src/domain/task.ts';
import { draft, ECHO, openBench, type Bench } from './bench.ts';

let bench: Bench;
let task: Task;
beforeEach(async () => {
  bench = await openBench();
  ({ task } = await bench.services.createTask(draft()));
});
afterEach(() => bench.close());

const ledger = () =>
  bench.store.listLedger(task.id, task.createdAt, bench.clock.now().add({ hours: 9 }), 100);

describe('updateTask', () => {
  it('keeps the next occurrence when something other than the schedule changes', async () => {
    bench.clock.advance(60_000);
    const { task: edited } = await bench.services.updateTask('backup', {
      description: 'Copies the database.',
      tags: ['db'],
    });
    expect(edited).toMatchObject({ version: 2, revision: 2, next: task.next });
    expect(edited.coveredUntil).toEqual(task.coveredUntil);
    expect(await bench.store.getDefinition(task.id, 1)).toEqual(task.definition);
  });

  it('counts a new schedule from now', async () => {
    bench.clock.advance(60_000);
    const { task: edited } = await bench.services.updateTask('backup', {
      when: { cron: '30 * * * *' },
    });
    expect(edited.next?.scheduledFor.toString()).toBe('2026-11-02T08:30:00Z');
    expect(edited.coveredUntil.toString()).toBe('2026-11-02T08:01:00Z');
    expect(edited.runsPlanned).toBe(0);
  });

  it('plans what is due under the old schedule before the new one comes into force', async () => {
    bench.clock.advanceTo('2026-11-02T09:00:30Z');
    await bench.services.updateTask('backup', { when: { cron: '0 12 * * *' } });
    expect(await ledger()).toMatchObject([{ kind: 'run', count: 1 }]);
    const { items } = await bench.services.listRuns({ task: 'backup' });
    expect(items.map((run) => run.scheduledFor?.toString())).toEqual(['2026-11-02T09:00:00Z']);
    expect(items[0]?.taskVersion).toBe(1);
  });

  it('writes nothing for an edit that changes nothing', async () => {
    const { task: same, isRepeat } = await bench.services.updateTask('backup', {
      name: 'backup',
      when: { cron: '0 * * * *' },
    });
    expect({ isRepeat, revision: same.revision }).toEqual({ isRepeat: true, revision: 1 });
  });

  it('does not move an interval when its own text is sent back', async () => {
    const { task: made } = await bench.services.createTask(draft({ name: 'poll', when: '2h' }));
    bench.clock.advance(3_600_000);
    const { task: same } = await bench.services.updateTask('poll', { when: '2h' });
    expect(same.next).toEqual(made.next);
    const { task: moved } = await bench.services.updateTask('poll', { when: '3h' });
    expect(moved.next?.scheduledFor.toString()).toBe('2026-11-02T12:00:00Z');
  });

  it('changes the zone or the limits of a schedule and keeps its rule', async () => {
    await bench.services.updateTask('backup', { when: { cron: '0 7 * * *' } });
    const { task: moved } = await bench.services.updateTask('backup', { zone: 'Asia/Tokyo' });
    expect(moved.next?.scheduledFor.toString()).toBe('2026-11-02T22:00:00Z');
    const { task: limited } = await bench.services.updateTask('backup', {
      whenOptions: { runsMax: 2, exclude: ['2026-11-03'] },
    });
    expect(limited.next?.scheduledFor.toString()).toBe('2026-11-03T22:00:00Z');
    expect(limited.definition.schedule).toMatchObject({ zone: 'Asia/Tokyo', runsMax: 2 });
  });

  it('merges policies into those of the task', async () => {
    await bench.services.updateTask('backup', { policies: { retry: { attemptsMax: 4 } } });
    const { task: edited } = await bench.services.updateTask('backup', {
      policies: { retry: { backoffMs: 5_000 }, overlap: 'allow' },
    });
    expect(edited.definition.policies).toMatchObject({
      overlap: 'allow',
      retry: { attemptsMax: 4, backoffMs: 5_000 },
    });
  });

  it('removes a schedule, and gives one again', async () => {
    const { task: bare } = await bench.services.updateTask('backup', { removesSchedule: true });
    expect(bare).toMatchObject({ state: 'active', next: undefined });
    await expect(bench.services.updateTask('backup', { zone: 'UTC' })).rejects.toMatchObject({
      code: 'invalid',
    });
    const { task: again } = await bench.services.updateTask('backup', { when: '1h' });
    expect(again.next).toBeDefined();
    await expect(
      bench.services.updateTask('backup', { removesSchedule: true, when: '1h' }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('refuses an edit of an older revision', async () => {
    await bench.services.updateTask('backup', { revision: 1, tags: ['a'] });
    await expect(
      bench.services.updateTask('backup', { revision: 1, tags: ['b'] }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not take a plan for somebody else’s edit', async () => {
    bench.clock.advanceTo('2026-11-02T09:00:00Z');
    const { task: edited } = await bench.services.updateTask('backup', {
      revision: task.revision,
      tags: ['a'],
    });
    expect(edited.definition.tags).toEqual(['a']);
    expect(await ledger()).toHaveLength(1);
  });

  it('refuses a name that another task has', async () => {
    await bench.services.createTask(draft({ name: 'other' }));
    await expect(bench.services.updateTask('other', { name: 'backup' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('makes an ended task active again when its new schedule has occurrences', async () => {
    await bench.services.updateTask('backup', { when: { once: '2026-11-02T08:30:00Z' } });
    bench.clock.advanceTo('2026-11-02T08:31:00Z');
    await bench.plan();
    expect((await bench.services.getTask('backup')).task.state).toBe('ended');
    const renamed = await bench.services.updateTask('backup', { action: { ...ECHO, stdin: 'x' } });
    expect(renamed.task.state).toBe('ended');
    expect(renamed.receipt?.next).toEqual([]);
    const { task: revived } = await bench.services.updateTask('backup', { when: '1h' });
    expect(revived).toMatchObject({ state: 'active', stateReason: undefined });
  });

  it('leaves a paused task paused, and closes the pause under its old schedule', async () => {
    await bench.services.pauseTask('backup');
    bench.clock.advanceTo('2026-11-02T11:30:00Z');
    const { task: edited } = await bench.services.updateTask('backup', {
      when: { cron: '15 * * * *' },
    });
    expect(edited).toMatchObject({ state: 'paused', next: undefined });
    expect(await ledger()).toMatchObject([{ kind: 'skipped', reason: 'paused', count: 3 }]);
    bench.clock.advanceTo('2026-11-02T12:20:00Z');
    const { task: resumed } = await bench.services.resumeTask('backup');
    expect(resumed.next?.scheduledFor.toString()).toBe('2026-11-02T13:15:00Z');
    expect(await ledger()).toMatchObject([{ count: 3 }, { count: 1 }]);
  });

  it('leaves the plan of a paused task alone when something else changes', async () => {
    await bench.services.pauseTask('backup');
    bench.clock.advanceTo('2026-11-02T11:30:00Z');
    await bench.services.updateTask('backup', { tags: ['a'] });
    const { task: resumed } = await bench.services.resumeTask('backup');
    expect(resumed.next?.scheduledFor.toString()).toBe('2026-11-02T12:00:00Z');
    expect((await bench.services.listRuns({})).items).toEqual([]);
  });
});
