import { describe, expect, it } from 'vitest';
import { minuteTask, plannedRun, planOf, planOne } from '../fixtures.ts';
import { withStore } from './world.ts';
import type { OpenStore } from './world.ts';

const MINUTE_MS = 60_000;

export function describePlans(open: OpenStore): void {
  describe('plans', () => {
    it('lists due tasks, the earliest first, and knows when the next one is due', () =>
      withStore(open, async ({ store, addTask, now }) => {
        const at = (minutes: number) => {
          const due = now().add({ minutes });
          return { next: { scheduledFor: due, dueAt: due } };
        };
        const [late, early, future] = [
          await addTask(at(-1)),
          await addTask(at(-2)),
          await addTask(at(1)),
        ];
        const due = await store.listDueTasks(now(), 10);
        expect(due.map((task) => task.id)).toEqual([early.id, late.id]);
        expect(await store.listDueTasks(now(), 1)).toHaveLength(1);
        expect((await store.nextWakeAt()).dueAt).toEqual(early.next?.dueAt);
        await store.applyPlans([], now());
        const later = await store.listDueTasks(now().add({ minutes: 1 }), 10);
        expect(later.at(-1)?.id).toBe(future.id);
      }));

    it('queues the planned run, covers its occurrence and moves the task on', () =>
      withStore(open, async ({ store, addTask, ids, now, find, changes }) => {
        const task = await addTask({ policies: { deadlineMs: 90_000, priority: 7 } });
        changes();
        const readyAt = now().add({ seconds: 2 });
        const next = { scheduledFor: now().add({ minutes: 1 }), dueAt: now().add({ minutes: 1 }) };
        const run = plannedRun(now(), { readyAt, missedCount: 2, coversSince: now() });
        const planned = planOf(ids, task, { runs: [run], missed: [], next, coveredUntil: now() });
        expect(await store.applyPlans([planned], now())).toBe(1);
        expect(changes()).toEqual(['run.queued']);
        const [runId] = planned.runIds;
        if (runId === undefined) throw new Error('There is no run.');
        expect(await store.getRun(runId)).toEqual({
          id: runId,
          taskId: task.id,
          taskName: task.definition.name,
          namespace: 'native',
          taskVersion: 1,
          trigger: 'schedule',
          scheduledFor: now(),
          coversSince: now(),
          missedCount: 2,
          state: 'queued',
          stateReason: undefined,
          heldUntil: undefined,
          priority: 7,
          createdAt: now(),
          readyAt,
          deadlineAt: now().add({ seconds: 90 }),
          startedAt: undefined,
          endedAt: undefined,
          attempt: 0,
          attemptsMax: 1,
          cancelRequestedAt: undefined,
          outcome: undefined,
          message: undefined,
          result: undefined,
          questions: [],
          overrides: {},
          origin: task.origin,
        });
        const moved = await find(task);
        expect(moved).toMatchObject({ runsPlanned: 1, revision: 1, version: 1, next });
        expect(moved.coveredUntil).toEqual(now());
        expect(await store.listLedger(task.id, now(), now(), 10)).toEqual([
          {
            taskId: task.id,
            kind: 'run',
            runId,
            from: now(),
            to: now(),
            count: 1,
            isCountExact: true,
            recordedAt: now(),
          },
        ]);
        expect((await store.nextWakeAt()).readyAt).toEqual(readyAt);
      }));

    it('moves a task on once, however many planners saw it due', () =>
      withStore(open, async ({ store, addTask, ids, now, runs }) => {
        const task = await addTask();
        const moved = await Promise.all(
          [1, 2, 3].map(() => store.applyPlans([planOne(ids, task)], now())),
        );
        expect(moved.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
        expect(await runs(task)).toHaveLength(1);
        const other = await addTask();
        expect(await store.applyPlans([planOne(ids, other), planOne(ids, other)], now())).toBe(1);
        expect(await runs(other)).toHaveLength(1);
      }));

    it('leaves alone a task that was changed, paused or deleted since the planner saw it', () =>
      withStore(open, async ({ store, addTask, ids, now, runs }) => {
        const tasks = [await addTask(), await addTask(), await addTask(), await addTask()];
        const [changed, paused, deleted, same] = tasks;
        if (changed === undefined || paused === undefined || deleted === undefined) return;
        await store.updateTask({ ...changed, revision: 2 }, 'task.updated', []);
        await store.updateTask({ ...paused, revision: 2, state: 'paused' }, 'task.paused', []);
        await store.deleteTask(deleted.id, 1, now());
        const planned = tasks.map((task) => planOne(ids, task));
        expect(await store.applyPlans(planned, now())).toBe(1);
        expect(same === undefined ? [] : await runs(same)).toHaveLength(1);
        expect(await runs(changed)).toEqual([]);
      }));

    it('records missed stretches and ends a task that has no occurrence left', () =>
      withStore(open, async ({ store, addTask, ids, now, find, changes }) => {
        const task = await addTask();
        changes();
        const from = now().subtract({ hours: 2 });
        const to = now().subtract({ hours: 1 });
        const missed = [
          { from, to, count: 60, isCountExact: false, reason: 'window_passed' as const },
        ];
        const plan = { runs: [plannedRun(now())], missed, next: undefined, coveredUntil: now() };
        expect(await store.applyPlans([planOf(ids, task, plan)], now())).toBe(1);
        expect(changes().toSorted()).toEqual(['occurrence.missed', 'run.queued', 'task.ended']);
        const ended = await find(task);
        expect(ended).toMatchObject({ state: 'ended', revision: 2, next: undefined });
        expect(ended.stateReason).toContain('no further occurrences');
        expect(await store.listDueTasks(now().add({ hours: 9_000 }), 10)).toEqual([]);
        const entries = await store.listLedger(task.id, from, now(), 10);
        expect(entries).toMatchObject([
          { kind: 'missed', reason: 'window_passed', count: 60, isCountExact: false },
          { kind: 'run' },
        ]);
      }));

    it('makes no second run of an occurrence that is covered already', () =>
      withStore(open, async ({ store, addTask, ids, now, find, runs, log }) => {
        const task = await addTask({ policies: { overlap: 'allow' } });
        await store.applyPlans([planOne(ids, task)], now());
        const other = await addTask();
        const again = await find(task);
        const wrong = planOf(ids, again, {
          runs: [plannedRun(now()), plannedRun(now().add({ minutes: 1 }))],
          missed: [],
          next: undefined,
          coveredUntil: now().add({ minutes: 1 }),
        });
        expect(await store.applyPlans([wrong, planOne(ids, other)], now())).toBe(2);
        expect(await runs(task)).toHaveLength(2);
        expect(await runs(other)).toHaveLength(1);
        const entries = await store.listLedger(task.id, now(), now().add({ hours: 1 }), 10);
        expect(entries).toHaveLength(2);
        expect(log.lines.map((line) => line.level)).toEqual(['warn']);
      }));

    it('tells of every change with the ids it is stored under, in their order', () =>
      withStore(open, async ({ store, addTask, ids, now, announcer }) => {
        for (let index = 0; index < 7; index += 1) await addTask();
        const due = await store.listDueTasks(now(), 10);
        await store.applyPlans(
          due.map((task) => planOne(ids, task)),
          now(),
        );
        const stored = await store.listChanges(0, 100);
        expect(stored).toEqual(announcer.announced);
        expect(stored).toHaveLength(14);
        expect(stored.map((change) => change.id)).toEqual(
          stored.map((change) => change.id).toSorted((a, b) => a - b),
        );
        expect(await store.lastChangeId()).toBe(stored.at(-1)?.id);
        const [first] = stored;
        expect(await store.listChanges(first?.id ?? 0, 2)).toEqual(stored.slice(1, 3));
      }));

    it('plans 600 tasks at once, every one exactly once', () =>
      withStore(open, async ({ store, ids, now, announcer }) => {
        const tasks = Array.from({ length: 600 }, () => minuteTask(ids, now()));
        for (const task of tasks) await store.insertTask(task, undefined);
        const due = await store.listDueTasks(now(), 2_000);
        const planned = due.map((task) => planOne(ids, task));
        expect(await store.applyPlans(planned, now())).toBe(600);
        expect(await store.listDueTasks(now(), 10)).toEqual([]);
        const queued = announcer.announced.filter((change) => change.kind === 'run.queued');
        expect(new Set(queued.map((change) => change.runId)).size).toBe(600);
        const counts = await store.countStates('native');
        expect(counts.runs.queued).toBe(600);
        expect(counts.tasks).toEqual({ active: 600, paused: 0, ended: 0 });
        expect((await store.countStates('old')).runs.queued).toBe(0);
      }));

    it('lists the entries that touch a stretch, and the gaps of every task', () =>
      withStore(open, async ({ store, addTask, ids, now }) => {
        const task = await addTask();
        const other = await addTask({ namespace: 'old' });
        const start = now().subtract({ milliseconds: 10 * MINUTE_MS });
        const at = (minutes: number) => start.add({ minutes });
        const stretch = (from: number, to: number) => ({
          from: at(from),
          to: at(to),
          count: to - from + 1,
          isCountExact: true,
          reason: 'superseded' as const,
        });
        const next = { scheduledFor: at(99), dueAt: at(99) };
        const missed = [stretch(0, 2), stretch(3, 5)];
        const plan = { runs: [plannedRun(at(6))], missed, next, coveredUntil: at(6) };
        await store.applyPlans([planOf(ids, task, plan), planOf(ids, other, plan)], now());
        const touching = async (from: number, to: number) =>
          (await store.listLedger(task.id, at(from), at(to), 10)).map((entry) => entry.count);
        expect(await touching(0, 9)).toEqual([3, 3, 1]);
        expect(await touching(1, 1)).toEqual([3]);
        expect(await touching(2, 4)).toEqual([3, 3]);
        expect(await touching(6, 9)).toEqual([1]);
        expect(await touching(7, 9)).toEqual([]);
        expect(await store.listLedger(task.id, at(0), at(9), 1)).toHaveLength(1);
        const gaps = await store.listGaps('all', now(), now(), 10);
        expect(gaps.map((entry) => entry.kind)).toEqual(['missed', 'missed', 'missed', 'missed']);
        const native = await store.listGaps('native', now(), now(), 10);
        expect(native.map((entry) => entry.taskId)).toEqual([task.id, task.id]);
        const after = now().add({ milliseconds: 1 });
        expect(await store.listGaps('all', after, after, 10)).toEqual([]);
      }));
  });
}
