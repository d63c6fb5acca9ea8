import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../src/domain/attempt.ts';
import type { After } from '../../../src/domain/chain.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Task } from '../../../src/domain/task.ts';
import { manualRun, type TaskChanges } from '../fixtures.ts';
import { RESULT, withStore, type OpenStore, type World } from './world.ts';

const FAILED: Outcome = {
  kind: 'failed',
  reason: 'exit_code',
  message: 'The command ended with exit code 3.',
  retryable: false,
  result: RESULT,
};

/** A task without a schedule that starts after another one. */
function addAfter(
  world: World,
  before: Task,
  outcomes: After['outcomes'],
  { definition, ...changes }: TaskChanges = {},
): Promise<Task> {
  return world.addTask({
    ...changes,
    next: undefined,
    definition: { schedule: undefined, after: { taskId: before.id, outcomes }, ...definition },
  });
}

async function runOnce(
  world: World,
  task: Task,
  outcome: Outcome = { kind: 'succeeded', result: RESULT },
  transition: Transition = { to: outcome.kind === 'succeeded' ? 'succeeded' : 'failed' },
): Promise<void> {
  const run = manualRun(world.ids, task, world.now());
  await world.store.insertRun(run, world.now(), undefined);
  const claim = (await world.take()).find(({ run: taken }) => taken.taskId === task.id);
  if (claim === undefined) throw new Error('The run was not taken.');
  expect(await world.store.finishAttempt(claim, outcome, transition, world.now())).toBe(true);
  // Whoever comes late with the same claim changes nothing.
  expect(await world.store.finishAttempt(claim, outcome, transition, world.now())).toBe(false);
}

export function describeChains(open: OpenStore): void {
  describe('chains', () => {
    it('starts a task exactly once after each run of the one before, in the same transaction', () =>
      withStore(open, async (world) => {
        const first = await world.addTask();
        const second = await addAfter(world, first, ['succeeded']);
        expect(await world.store.listFollowers(first.id)).toEqual([second]);
        expect(await world.store.listFollowers(second.id)).toEqual([]);
        await runOnce(world, first);
        const [before] = await world.runs(first);
        expect(await world.runs(second)).toMatchObject([
          {
            trigger: 'task',
            state: 'queued',
            scheduledFor: undefined,
            origin: { principal: 'owner', parentRunId: before?.id },
          },
        ]);
        expect(world.changes().filter((kind) => kind === 'run.queued')).toHaveLength(2);
        const [claim] = await world.take();
        expect(claim?.run.taskId).toBe(second.id);
      }));

    it('starts a task after the outcomes that it names, and after none that was cancelled', () =>
      withStore(open, async (world) => {
        const first = await world.addTask();
        const allow = { policies: { overlap: 'allow' } } as const;
        const onSuccess = await addAfter(world, first, ['succeeded'], allow);
        const onFailure = await addAfter(world, first, ['failed'], allow);
        const onAny = await addAfter(world, first, ['any'], allow);
        const count = async () =>
          Promise.all(
            [onSuccess, onFailure, onAny].map(async (task) => (await world.runs(task)).length),
          );
        await runOnce(world, first);
        expect(await count()).toEqual([1, 0, 1]);
        await runOnce(world, first, FAILED);
        expect(await count()).toEqual([1, 1, 2]);
        const cancelled = { kind: 'cancelled', message: 'It was cancelled.', result: RESULT };
        await runOnce(world, first, cancelled as Outcome, { to: 'cancelled' });
        const readyAt = world.now().add({ minutes: 1 });
        await runOnce(world, first, FAILED, { to: 'retrying', readyAt });
        expect(await count()).toEqual([1, 1, 2]);
      }));

    it('keeps a run that the overlap policy turns away, with the reason', () =>
      withStore(open, async (world) => {
        const first = await world.addTask();
        const second = await addAfter(world, first, ['any']);
        await runOnce(world, first);
        await runOnce(world, first);
        const runs = await world.runs(second);
        expect(runs.map(({ state, stateReason }) => [state, stateReason])).toEqual([
          ['running', undefined],
          ['cancelled', 'another run of this task was unfinished'],
        ]);
      }));

    it('starts neither a paused nor a deleted task, nor what leads back to itself', () =>
      withStore(open, async (world) => {
        const first = await world.addTask();
        const paused = await addAfter(world, first, ['any'], { state: 'paused' });
        const deleted = await addAfter(world, first, ['any']);
        await world.store.deleteTask(deleted.id, deleted.revision, world.now());
        const after = { taskId: paused.id, outcomes: ['any'] } as const;
        const definition = { ...first.definition, after };
        const looping = { ...first, definition, version: 2, revision: first.revision + 1 };
        expect(await world.store.updateTask(looping, 'task.updated', [])).toBe('updated');
        await runOnce(world, looping);
        expect(await world.runs(paused)).toEqual([]);
        expect(await world.runs(deleted)).toEqual([]);
        const active = { ...paused, state: 'active', revision: paused.revision + 1 } as const;
        expect(await world.store.updateTask(active, 'task.resumed', [])).toBe('updated');
        await runOnce(world, looping);
        expect(await world.runs(paused)).toEqual([]);
      }));

    it('starts a task after a run whose deadline passed before it could start', () =>
      withStore(open, async (world) => {
        const first = await world.addTask({ policies: { deadlineMs: 1_000 } });
        const second = await addAfter(world, first, ['failed']);
        const run = manualRun(world.ids, first, world.now());
        await world.store.insertRun(run, world.now(), undefined);
        world.clock.advance(2_000);
        expect(await world.store.expireQueuedRuns(world.now(), 10)).toBe(1);
        expect(await world.runs(second)).toHaveLength(1);
      }));

    it('forgets the task before when a new version names none', () =>
      withStore(open, async (world) => {
        const first = await world.addTask();
        const second = await addAfter(world, first, ['any']);
        const { after: _gone, ...definition } = second.definition;
        const free = { ...second, definition, version: 2, revision: second.revision + 1 };
        await world.store.updateTask(free, 'task.updated', []);
        await runOnce(world, first);
        expect(await world.runs(second)).toEqual([]);
        expect(await world.store.listFollowers(first.id)).toEqual([]);
      }));
  });
}
