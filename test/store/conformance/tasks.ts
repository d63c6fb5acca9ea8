import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/domain/ledger.ts';
import type { Task } from '../../../src/domain/task.ts';
import type { TaskFilter } from '../../../src/ports/store.ts';
import { manualRun, minuteTask } from '../fixtures.ts';
import { ANY_TASK, withStore } from './world.ts';
import type { OpenStore } from './world.ts';

/** The task with its next revision. */
function edited(task: Task, changes: Partial<Task>): Task {
  return { ...task, revision: task.revision + 1, ...changes };
}

export function describeTasks(open: OpenStore): void {
  describe('tasks', () => {
    it('gives back a task as it was stored', () =>
      withStore(open, async ({ store, ids, now }) => {
        const task = minuteTask(ids, now(), {
          foreignId: 'old-7',
          ext: { color: 'red', nested: [1, null, { a: true }] },
          stateReason: 'because',
          origin: { principal: 'p', client: 'c 1.0', parentRunId: ids.runId() },
          definition: { description: 'Läuft täglich', tags: ['a', 'b'] },
          policies: { deadlineMs: 5_000, concurrency: 3, overlap: 'allow' },
        });
        expect(await store.insertTask(task, undefined)).toEqual({ kind: 'inserted' });
        const found = await store.findTask({ by: 'id', id: task.id });
        expect(found).toEqual({ ...task, plansApplied: 0 });
        expect(await store.getDefinition(task.id, 1)).toEqual(task.definition);
        expect(await store.getDefinition(task.id, 2)).toBeUndefined();
      }));

    it('counts the tasks that runs make, those of one run and those that are alive', () =>
      withStore(open, async ({ store, ids, now }) => {
        const parentTaskId = ids.taskId();
        const endsAt = now().add({ hours: 1 });
        const limits = { tasksPerRun: 2, tasksAlive: 3 };
        const made = (parentRunId = ids.runId(), changes: Partial<Task> = {}) =>
          minuteTask(ids, now(), {
            origin: { principal: 'p', client: undefined, parentRunId },
            lineage: { parentTaskId, depth: 1, endsAt },
            ...changes,
          });
        const first = made();
        const run = first.origin.parentRunId;
        const inserted = { kind: 'inserted' };
        expect(await store.insertTask(first, undefined, limits)).toEqual(inserted);
        expect((await store.findTask({ by: 'id', id: first.id }))?.lineage).toEqual(first.lineage);
        await store.deleteTask(first.id, 1, now());
        expect(await store.insertTask(made(run), undefined, limits)).toEqual(inserted);
        const ofRun = { kind: 'too_many', which: 'of_run', limit: 2 };
        expect(await store.insertTask(made(run), undefined, limits)).toEqual(ofRun);
        const over = { lineage: { parentTaskId, depth: 1, endsAt: now() } };
        await store.insertTask(made(undefined, over), undefined, limits);
        await store.insertTask(made(undefined, { state: 'ended', next: undefined }), undefined);
        for (let more = 0; more < 2; more += 1) {
          expect(await store.insertTask(made(), undefined, limits)).toEqual(inserted);
        }
        const alive = { kind: 'too_many', which: 'alive', limit: 3 };
        expect(await store.insertTask(made(), undefined, limits)).toEqual(alive);
        const other = { lineage: { parentTaskId: ids.taskId(), depth: 2, endsAt } };
        expect(await store.insertTask(made(undefined, other), undefined, limits)).toEqual(inserted);
      }));

    it('counts the tasks that a principal has made and that have not ended', () =>
      withStore(open, async ({ store, now, addTask }) => {
        const origin = { principal: 'ada', client: undefined, parentRunId: undefined };
        const first = await addTask({ origin });
        await addTask({ origin });
        await addTask({ origin, state: 'ended', next: undefined });
        await addTask();
        expect(await store.countTasksOf('ada')).toBe(2);
        await store.deleteTask(first.id, first.revision, now());
        expect(await store.countTasksOf('ada')).toBe(1);
        expect(await store.countTasksOf('bob')).toBe(0);
      }));

    it('finds a task by its name and by its foreign id, in their namespace only', () =>
      withStore(open, async ({ store, addTask }) => {
        const task = await addTask({ foreignId: 'f1', definition: { name: 'Backup' } });
        const byName = { by: 'name', name: 'Backup', namespace: 'native' } as const;
        const byForeignId = { by: 'foreign_id', foreignId: 'f1', namespace: 'native' } as const;
        expect((await store.findTask(byName))?.id).toBe(task.id);
        expect((await store.findTask(byForeignId))?.id).toBe(task.id);
        expect(await store.findTask({ ...byName, name: 'backup' })).toBeUndefined();
        expect(await store.findTask({ ...byName, namespace: 'other' })).toBeUndefined();
        expect(await store.findTask({ ...byForeignId, namespace: 'other' })).toBeUndefined();
      }));

    it('refuses a name that another native task has, and says which', () =>
      withStore(open, async ({ store, ids, now, addTask, changes }) => {
        const first = await addTask({ definition: { name: 'backup' } });
        changes();
        const second = minuteTask(ids, now(), { definition: { name: 'backup' } });
        const taken = { kind: 'name_taken', id: first.id };
        expect(await store.insertTask(second, undefined)).toEqual(taken);
        expect(changes()).toEqual([]);
        const third = await addTask({ definition: { name: 'other' } });
        const definition = { ...third.definition, name: 'backup' };
        const renamed = edited(third, { definition, version: 2 });
        expect(await store.updateTask(renamed, 'task.updated', [])).toBe('name_taken');
      }));

    it('allows equal names outside the native namespace, but not equal foreign ids', () =>
      withStore(open, async ({ store, ids, now, addTask }) => {
        const definition = { name: 'backup' };
        await addTask({ definition });
        const first = await addTask({ namespace: 'old', foreignId: '1', definition });
        await addTask({ namespace: 'old', foreignId: '2', definition });
        await addTask({ namespace: 'older', foreignId: '1', definition });
        const clash = minuteTask(ids, now(), { namespace: 'old', foreignId: '1', definition });
        const taken = { kind: 'name_taken', id: first.id };
        expect(await store.insertTask(clash, undefined)).toEqual(taken);
      }));

    it('recognises a repeated request, and a key that is used for another request', () =>
      withStore(open, async ({ store, ids, now, clock }) => {
        const idempotency = { principal: 'owner', key: 'k', requestHash: 'h1' };
        const task = minuteTask(ids, now());
        await store.insertTask(task, idempotency);
        const again = minuteTask(ids, now());
        const repeated = { kind: 'repeated', id: task.id };
        expect(await store.insertTask(again, idempotency)).toEqual(repeated);
        const other = { ...idempotency, requestHash: 'h2' };
        expect(await store.insertTask(again, other)).toEqual({ kind: 'key_reused' });
        const stranger = { ...idempotency, principal: 'somebody' };
        expect(await store.insertTask(again, stranger)).toEqual({ kind: 'inserted' });
        clock.advance(8 * 86_400_000);
        const late = minuteTask(ids, now());
        expect(await store.insertTask(late, idempotency)).toEqual({ kind: 'inserted' });
      }));

    it('replaces a task and keeps its earlier version', () =>
      withStore(open, async ({ store, addTask, find, changes }) => {
        const task = await addTask({ definition: { tags: ['old'] } });
        changes();
        const definition = { ...task.definition, name: 'renamed', tags: ['new'] };
        const changed = edited(task, { definition, version: 2 });
        expect(await store.updateTask(changed, 'task.updated', [])).toBe('updated');
        expect(await find(task)).toEqual(changed);
        expect(await store.getDefinition(task.id, 1)).toEqual(task.definition);
        expect(await store.getDefinition(task.id, 2)).toEqual(definition);
        expect((await store.listTasks({ ...ANY_TASK, tag: 'old' }, 9, undefined)).items).toEqual(
          [],
        );
        expect(changes()).toEqual(['task.updated']);
      }));

    it('refuses an update of an older revision, and of what a plan has moved meanwhile', () =>
      withStore(open, async ({ store, addTask, plan, now, find }) => {
        const task = await addTask();
        await store.updateTask(edited(task, { stateReason: 'one' }), 'task.updated', []);
        const late = edited(task, { stateReason: 'two' });
        expect(await store.updateTask(late, 'task.updated', [])).toBe('stale');
        const seen = await find(task);
        await store.applyPlans([await plan(task)], now());
        expect(await store.updateTask(edited(seen, {}), 'task.updated', [])).toBe('stale');
        const again = edited(await find(task), { stateReason: 'three' });
        expect(await store.updateTask(again, 'task.updated', [])).toBe('updated');
      }));

    it('writes the entries that close the stretch before an update', () =>
      withStore(open, async ({ store, addTask, now, changes }) => {
        const task = await addTask();
        changes();
        const entry: LedgerEntry = {
          kind: 'skipped',
          reason: 'paused',
          taskId: task.id,
          from: now().subtract({ minutes: 3 }),
          to: now().subtract({ minutes: 1 }),
          count: 3,
          isCountExact: true,
          recordedAt: now(),
        };
        await store.updateTask(edited(task, {}), 'task.resumed', [entry]);
        expect(await store.listLedger(task.id, entry.from, now(), 10)).toEqual([entry]);
        expect(changes()).toEqual(['task.resumed', 'occurrence.skipped']);
      }));

    it('takes a paused task out of sight of the planner and keeps its next occurrence', () =>
      withStore(open, async ({ store, addTask, find, now }) => {
        const task = await addTask();
        expect(await store.listDueTasks(now(), 10)).toHaveLength(1);
        await store.updateTask(edited(task, { state: 'paused' }), 'task.paused', []);
        expect(await store.listDueTasks(now(), 10)).toEqual([]);
        expect((await store.nextWakeAt()).dueAt).toBeUndefined();
        expect((await find(task)).next).toEqual(task.next);
        await store.updateTask(edited(task, { revision: 3 }), 'task.resumed', []);
        expect(await store.listDueTasks(now(), 10)).toHaveLength(1);
      }));

    it('forgets a deleted task, frees its name, and keeps its runs and versions', () =>
      withStore(open, async ({ store, addTask, now, ids, changes, take, runs }) => {
        const task = await addTask({
          foreignId: 'f',
          definition: { name: 'backup' },
          policies: { overlap: 'queue_all' },
        });
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        const [running] = await take();
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        changes();
        expect(await store.deleteTask(task.id, task.revision + 1, now())).toBe('stale');
        expect(await store.deleteTask(task.id, task.revision, now())).toBe('deleted');
        expect(await store.deleteTask(task.id, task.revision + 1, now())).toBe('stale');
        expect(changes()).toEqual(['task.deleted', 'run.cancelled']);
        expect(await store.findTask({ by: 'id', id: task.id })).toBeUndefined();
        expect((await store.listTasks(ANY_TASK, 10, undefined)).items).toEqual([]);
        expect(await store.listDueTasks(now(), 10)).toEqual([]);
        const kept = await runs(task);
        expect(kept.map((run) => run.state)).toEqual(['running', 'cancelled']);
        expect(kept.map((run) => run.taskName)).toEqual(['backup', 'backup']);
        expect(running?.run.id).toBe(kept[0]?.id);
        expect(await store.getDefinition(task.id, 1)).toEqual(task.definition);
        await addTask({ foreignId: 'f', definition: { name: 'backup' } });
      }));

    it('takes back the latest deletion of a name, unless the name was taken meanwhile', () =>
      withStore(open, async ({ store, addTask, now, clock, changes }) => {
        const gone = await addTask({ definition: { name: 'backup' } });
        clock.advance(1_000);
        await store.deleteTask(gone.id, gone.revision, now());
        const holder = await addTask({ definition: { name: 'backup' } });
        const found = await store.findDeletedTask('backup', 'all', now());
        if (found === undefined) throw new Error('It was not found.');
        expect(found).toMatchObject({ id: gone.id, revision: gone.revision + 1, next: undefined });
        expect(await store.findDeletedTask(gone.id, 'native', now())).toEqual(found);
        expect(await store.findDeletedTask('backup', 'old', now())).toBeUndefined();
        const back = { ...found, next: gone.next, revision: found.revision + 1, updatedAt: now() };
        expect(await store.undeleteTask(back, [])).toBe('name_taken');
        clock.advance(1_000);
        await store.deleteTask(holder.id, holder.revision, now());
        expect((await store.findDeletedTask('backup', 'all', now()))?.id).toBe(holder.id);
        expect(await store.undeleteTask({ ...back, revision: 9 }, [])).toBe('stale');
        changes();
        expect(await store.undeleteTask(back, [])).toBe('updated');
        expect(await store.undeleteTask(back, [])).toBe('stale');
        expect(changes()).toEqual(['task.undeleted']);
        expect(await store.findTask({ by: 'id', id: gone.id })).toMatchObject({
          next: gone.next,
          definition: gone.definition,
        });
        expect(await store.findDeletedTask(gone.id, 'all', now())).toBeUndefined();
        clock.advance(24 * 3_600_000);
        expect((await store.findDeletedTask(holder.id, 'all', now()))?.id).toBe(holder.id);
        await store.prune(now(), 100);
        expect(await store.getDefinition(holder.id, 1)).toBeDefined();
        clock.advance(1);
        expect(await store.findDeletedTask(holder.id, 'all', now())).toBeUndefined();
        await store.prune(now(), 100);
        expect(await store.getDefinition(holder.id, 1)).toBeUndefined();
      }));

    it('cancels a run of a deleted task instead of trying it again', () =>
      withStore(open, async ({ store, addTask, now, plan, take, runs }) => {
        const task = await addTask();
        await store.applyPlans([await plan(task)], now());
        const [claim] = await take();
        await store.deleteTask(task.id, task.revision, now());
        if (claim === undefined) throw new Error('Nothing was taken.');
        await store.finishAttempt(
          claim,
          { kind: 'lost', message: 'The daemon died.', result: undefined },
          { to: 'retrying', readyAt: now() },
          now(),
        );
        expect(await runs(task)).toMatchObject([
          { state: 'cancelled', stateReason: 'its task was deleted', outcome: 'lost' },
        ]);
      }));

    it('lists tasks newest first, page by page, by state, tag, namespace and text', () =>
      withStore(open, async ({ store, addTask, clock }) => {
        const tasks: Task[] = [];
        for (let index = 0; index < 5; index += 1) {
          tasks.push(
            await addTask({
              namespace: index === 4 ? 'old' : 'native',
              state: index === 3 ? 'paused' : 'active',
              definition: {
                name: `Täglich 100%_${index}`,
                description: index === 1 ? 'SENDS a Mail' : undefined,
                tags: index < 2 ? ['mail'] : [],
              },
            }),
          );
          clock.advance(10);
        }
        const idsOf = async (filter: Partial<TaskFilter>) =>
          (await store.listTasks({ ...ANY_TASK, ...filter }, 10, undefined)).items.map((task) =>
            tasks.findIndex(({ id }) => id === task.id),
          );
        expect(await idsOf({})).toEqual([4, 3, 2, 1, 0]);
        expect(await idsOf({ namespace: 'old' })).toEqual([4]);
        expect(await idsOf({ states: ['paused'] })).toEqual([3]);
        expect(await idsOf({ tag: 'mail' })).toEqual([1, 0]);
        expect(await idsOf({ kind: tasks[0]?.definition.action.kind })).toEqual([4, 3, 2, 1, 0]);
        expect(await idsOf({ kind: 'model' })).toEqual([]);
        expect(await idsOf({ madeBy: tasks[0]?.origin.principal })).toEqual([4, 3, 2, 1, 0]);
        expect(await idsOf({ madeBy: 'nobody' })).toEqual([]);
        expect(await idsOf({ text: 'sends' })).toEqual([1]);
        expect(await idsOf({ text: 'TÄGLICH 100%_2' })).toEqual([2]);
        expect(await idsOf({ text: '100__' })).toEqual([]);

        const first = await store.listTasks(ANY_TASK, 2, undefined);
        const second = await store.listTasks(ANY_TASK, 2, first.cursor);
        const third = await store.listTasks(ANY_TASK, 2, second.cursor);
        const paged = [...first.items, ...second.items, ...third.items].map((task) => task.id);
        expect(paged).toEqual(tasks.map((task) => task.id).toReversed());
        expect(third.cursor).toBeUndefined();
      }));

    it('refuses a cursor that it did not hand out', () =>
      withStore(open, async ({ store }) => {
        const forged = Buffer.from('["runs",1,2]').toString('base64url');
        for (const cursor of ['', 'x', forged, 'W10', 'é'.repeat(500)]) {
          await expect(store.listTasks(ANY_TASK, 1, cursor)).rejects.toMatchObject({
            name: 'Refusal',
            code: 'invalid',
          });
        }
      }));
  });
}
