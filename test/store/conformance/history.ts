import { describe, expect, it } from 'vitest';
import { sayOrigin } from '../../../src/domain/principal.ts';
import { manualRun } from '../fixtures.ts';
import { ANY_RUN, withStore } from './world.ts';
import type { OpenStore } from './world.ts';

const editor = { principal: 'key-1', client: 'editor', parentRunId: undefined };

export function describeHistory(open: OpenStore): void {
  describe('the history', () => {
    it('keeps every version of a task with the time at which it was made', () =>
      withStore(open, async ({ store, addTask, find, clock, now }) => {
        const made = now();
        const task = await addTask();
        for (const version of [2, 3]) {
          clock.advance(1_000);
          const current = await find(task);
          const definition = { ...current.definition, name: `version ${version}` };
          const next = { ...current, definition, version, revision: version, updatedAt: now() };
          expect(await store.updateTask(next, 'task.updated', [], editor)).toBe('updated');
        }
        const all = await store.history.listVersions(task.id, 10, undefined);
        expect(all.map(({ version, definition }) => [version, definition.name])).toEqual([
          [3, 'version 3'],
          [2, 'version 2'],
          [1, task.definition.name],
        ]);
        expect(all.map(({ createdAt }) => createdAt?.toString())).toEqual([
          now().toString(),
          now().subtract({ seconds: 1 }).toString(),
          made.toString(),
        ]);
        expect(all.map(({ changedBy }) => changedBy)).toEqual([
          'key-1 · editor',
          'key-1 · editor',
          sayOrigin(task.origin),
        ]);
        const [second, ...rest] = await store.history.listVersions(task.id, 1, 3);
        expect([second?.version, rest]).toEqual([2, []]);
      }));

    it('tells the latest runs of several tasks, and the runs of a stretch', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock, addTask } = world;
        const tasks = [
          await addTask({ policies: { overlap: 'allow' } }),
          await addTask({ policies: { overlap: 'allow' } }),
          await addTask({ namespace: 'old', policies: { overlap: 'allow' } }),
        ];
        const start = now();
        const made = new Map<string, string[]>();
        for (let round = 0; round < 4; round += 1) {
          for (const task of tasks) {
            const run = manualRun(ids, task, now());
            await store.insertRun(run, now(), undefined);
            made.set(task.id, [run.id, ...(made.get(task.id) ?? [])]);
          }
          clock.advance(1_000);
        }
        const [first, second] = tasks;
        if (first === undefined || second === undefined) throw new Error('No tasks.');
        const latest = await store.history.listLatest([first.id, second.id], 3);
        for (const task of [first, second]) {
          expect(latest.filter((mark) => mark.taskId === task.id).map(({ id }) => id)).toEqual(
            made.get(task.id)?.slice(0, 3),
          );
        }
        expect(latest).toHaveLength(6);
        expect(await store.history.listLatest([], 3)).toEqual([]);

        const [claim] = await world.take(1);
        if (claim === undefined) throw new Error('Nothing was taken.');
        await world.succeed(claim);
        const query = {
          namespace: 'native' as const,
          taskId: undefined,
          from: start.add({ seconds: 1 }),
          to: start.add({ seconds: 3 }),
        };
        expect(await store.history.listMarks(query, 100)).toHaveLength(4);
        expect(await store.history.listMarks({ ...query, namespace: 'all' }, 100)).toHaveLength(6);
        expect(await store.history.listMarks({ ...query, taskId: first.id }, 1)).toMatchObject([
          { taskId: first.id, state: 'queued', trigger: 'manual', endedAt: undefined },
        ]);
        expect(await store.history.countOutcomes('all', now())).toEqual([
          { outcome: 'succeeded', count: 1 },
        ]);
        const other = claim.run.namespace === 'old' ? 'native' : 'old';
        expect(await store.history.countOutcomes(other, now())).toEqual([]);
        const later = now().add({ seconds: 1 });
        expect(await store.history.countOutcomes('all', later)).toEqual([]);
      }));

    it('lists runs by tag, kind of action, text and outcome', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const tagged = await world.addTask({ definition: { name: 'Über 100%', tags: ['net'] } });
        const other = await world.addTask({ definition: { name: 'other' } });
        for (const task of [tagged, other]) {
          await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        }
        const [claim] = await world.take(1);
        if (claim === undefined) throw new Error('Nothing was taken.');
        await world.succeed(claim);
        const names = async (filter: Partial<typeof ANY_RUN>) =>
          (await store.listRuns({ ...ANY_RUN, ...filter }, 10, undefined)).items.map(
            (run) => run.taskName,
          );
        expect(await names({ tag: 'net' })).toEqual(['Über 100%']);
        expect(await names({ tag: 'none' })).toEqual([]);
        expect(await names({ kind: 'command' })).toHaveLength(2);
        expect(await names({ kind: 'http' })).toEqual([]);
        expect(await names({ text: 'über 100%' })).toEqual(['Über 100%']);
        expect(await names({ text: '1%0' })).toEqual([]);
        expect(await names({ outcome: 'succeeded' })).toEqual([claim.run.taskName]);
        expect(await names({ outcome: 'failed' })).toEqual([]);
      }));

    it('lists runs of a tag page by page, also when all of its tasks ran at one instant', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock } = world;
        const expected: string[] = [];
        for (let index = 0; index < 5; index += 1) {
          const policies = { overlap: 'allow' } as const;
          const tags = index === 2 ? [] : ['net'];
          const task = await world.addTask({
            definition: { name: `task ${index}`, tags },
            policies,
          });
          for (let run = 0; run < 2; run += 1) {
            const made = manualRun(ids, task, now());
            await store.insertRun(made, now(), undefined);
            if (index !== 2) expected.push(made.id);
          }
          if (index === 3) clock.advance(1_000);
        }
        const listed: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.listRuns({ ...ANY_RUN, tag: 'net' }, 3, cursor);
          listed.push(...page.items.map((run) => run.id));
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(listed).toEqual(expected.toReversed());
      }));
  });
}
