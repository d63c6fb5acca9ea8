import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Task } from '../../../src/domain/task.ts';
import type { Kept } from '../../../src/ports/task-notes.ts';
import { failed } from '../../support/scripted-executor.ts';
import { manualRun } from '../fixtures.ts';
import { RESULT, withStore, type OpenStore, type World } from './world.ts';

const SUCCEEDED: Outcome = { kind: 'succeeded', result: RESULT };

async function finish(world: World, task: Task, kept: Kept, outcome = SUCCEEDED): Promise<boolean> {
  const { store, now } = world;
  await store.insertRun(manualRun(world.ids, task, now()), now(), undefined);
  const [claim] = await world.take();
  if (claim === undefined) throw new Error('No run was ready.');
  const to = outcome.kind === 'succeeded' ? 'succeeded' : 'failed';
  return store.finishAttempt(claim, outcome, { to }, now(), undefined, undefined, kept);
}

export function describeTaskNotes(open: OpenStore): void {
  describe('what a task remembers', () => {
    it('is written when a run of it has succeeded, and only then', () =>
      withStore(open, async (world) => {
        const task = await world.addTask();
        const other = await world.addTask();
        const kept = (value: string) => ({ notes: [{ key: 'seen', value }], saved: undefined });
        expect(await world.store.listNotes(task.id)).toEqual(new Map());
        await finish(world, task, kept('one'));
        await finish(world, task, kept('two'), failed());
        expect(await world.store.listNotes(task.id)).toEqual(new Map([['seen', 'one']]));
        await finish(world, task, kept('three'));
        const more = { notes: [{ key: 'other', value: '' }], saved: undefined };
        await finish(world, task, more);
        expect(Object.fromEntries(await world.store.listNotes(task.id))).toEqual({
          seen: 'three',
          other: '',
        });
        expect(await world.store.listNotes(other.id)).toEqual(new Map());
      }));

    it('is what its runs have saved, by task, tag and time', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const one = await world.addTask({ definition: { tags: ['research'] } });
        const other = await world.addTask();
        const since = now();
        await finish(world, one, { notes: [], saved: { usd: 0.25, tokens: 1_000 } });
        await finish(world, one, { notes: [], saved: { usd: 0.5, tokens: 10 } });
        world.clock.advance(60_000);
        const later = now();
        await finish(world, other, { notes: [], saved: { usd: 0, tokens: 7 } });
        const until = now().add({ seconds: 1 });
        const stretch = { namespace: 'all', scope: { kind: 'all' }, since, until } as const;
        const sum = (changes: object) => store.spend.sumSaved({ ...stretch, ...changes });
        expect(await sum({})).toEqual({ usd: 0.75, tokens: 1_017, runs: 3 });
        expect(await sum({ since: later })).toEqual({ usd: 0, tokens: 7, runs: 1 });
        expect(await sum({ until: later })).toEqual({ usd: 0.75, tokens: 1_010, runs: 2 });
        const ofOne = { kind: 'task', taskId: one.id };
        expect(await sum({ scope: ofOne })).toMatchObject({ runs: 2 });
        expect(await sum({ scope: { kind: 'tag', tag: 'research' } })).toMatchObject({ runs: 2 });
        expect(await sum({ namespace: 'elsewhere' })).toEqual({ usd: 0, tokens: 0, runs: 0 });
      }));
  });
}
