import type { TaskId } from '../../src/domain/id.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Claim } from '../../src/domain/run.ts';
import type { Task } from '../../src/domain/task.ts';
import type { Store } from '../../src/ports/store.ts';
import { seededIds } from '../support/ids.ts';
import type { SetClock } from '../support/set-clock.ts';
import { manualRun, minuteTask, plannedRun, planOf, planOne } from './fixtures.ts';
import { RESULT } from './conformance/world.ts';

const LOST: Outcome = { kind: 'lost', message: 'The daemon died.', result: undefined };
const SUCCEEDED: Outcome = { kind: 'succeeded', result: RESULT };

/**
 * A day in the life of a store: every kind of write it knows, each once or more. A step that fails is
 * given up, and the day goes on.
 *
 * @param acknowledge told of every task whose storing was answered.
 */
export async function liveScriptedDay(
  store: Store,
  clock: SetClock,
  acknowledge: (id: TaskId) => void = () => {},
): Promise<void> {
  const ids = seededIds(3, clock);
  const now = () => clock.now();
  const attempt = async (step: () => Promise<unknown>): Promise<void> => {
    await step().catch(() => {});
  };
  const tasks = (['skip', 'queue_all', 'replace', 'allow', 'queue_one'] as const).map((overlap) =>
    minuteTask(ids, now(), {
      definition: { tags: ['all', overlap] },
      policies: { overlap, deadlineMs: overlap === 'allow' ? 90_000 : undefined },
    }),
  );
  for (const task of tasks) {
    await attempt(async () => {
      const idempotency = { principal: 'owner', key: task.id, requestHash: 'h' };
      const inserted = await store.insertTask(task, idempotency);
      if (inserted.kind === 'inserted') acknowledge(task.id);
    });
  }
  const planAll = () =>
    attempt(async () => {
      const due = await store.listDueTasks(now(), 10);
      const planned = due.map((task) => planOne(ids, task));
      await store.applyPlans(planned, now());
    });
  const take = async (limit: number): Promise<readonly Claim[]> => {
    const leaseUntil = now().add({ seconds: 30 });
    const tagLimits = new Map([['all', 3]]);
    const take = { owner: 'a', leaseUntil, now: now(), limit, tagLimits };
    return store.takeRuns(take).catch(() => []);
  };
  const finishAll = async (claims: readonly Claim[]) => {
    for (const [index, claim] of claims.entries()) {
      const isLost = index === 1;
      const transition = isLost
        ? ({ to: 'retrying', readyAt: now().add({ seconds: 20 }) } as const)
        : ({ to: 'succeeded' } as const);
      await attempt(() => store.finishAttempt(claim, isLost ? LOST : SUCCEEDED, transition, now()));
    }
  };

  await planAll();
  const first = await take(5);
  clock.advance(60_000);
  await planAll();
  await attempt(() => store.renewLeases('a', first, now().add({ seconds: 30 })));
  await finishAll(first.slice(0, 2));
  clock.advance(60_000);
  await planAll();
  await finishAll(await take(5));
  for (const task of tasks.slice(0, 3)) {
    const overlap = task.definition.policies.overlap;
    const run = manualRun(ids, task, now(), { overlap: overlap === 'skip' ? 'allow' : overlap });
    await attempt(() => store.insertRun(run, now(), undefined));
    await attempt(() => store.requestCancel(run.id, now(), 'not needed'));
  }
  clock.advance(120_000);
  await attempt(() => store.expireQueuedRuns(now(), 100));
  await attempt(() => catchUp(store, ids, now()));
  await attempt(async () => {
    const abandoned = await store.listAbandonedRuns('b', true, now(), 10);
    for (const claim of abandoned) {
      const adopted = await store.adoptRun(claim, 'b', now().add({ seconds: 30 }));
      if (adopted !== undefined) await finishAll([adopted]);
    }
  });
  await finishAll(await take(5));
  const [changed, deleted] = tasks;
  if (changed !== undefined) await attempt(() => pause(store, changed));
  if (deleted !== undefined) await attempt(() => remove(store, deleted, now()));
  await planAll();
  await finishAll(await take(5));
  await attempt(() => store.prune(now(), 10));
}

/** Covers what was slept through: a missed stretch, then one run, and the task's end. */
async function catchUp(store: Store, ids: ReturnType<typeof seededIds>, now: Temporal.Instant) {
  const [task] = await store.listDueTasks(now, 1);
  if (task?.next === undefined) return;
  const from = task.next.scheduledFor;
  const to = from.add({ minutes: 1 });
  const last = from.add({ minutes: 2 });
  const missed = [{ from, to, count: 2, isCountExact: true, reason: 'superseded' as const }];
  const plan = {
    runs: [plannedRun(last, { isCatchUp: true })],
    missed,
    next: undefined,
    coveredUntil: last,
  };
  await store.applyPlans([planOf(ids, task, plan)], now);
}

async function pause(store: Store, task: Task): Promise<void> {
  const found = await store.findTask({ by: 'id', id: task.id });
  if (found === undefined) return;
  const definition = { ...found.definition, description: 'paused' };
  const revision = found.revision + 1;
  await store.updateTask(
    { ...found, definition, revision, version: found.version + 1, state: 'paused' },
    'task.paused',
    [],
  );
}

async function remove(store: Store, task: Task, now: Temporal.Instant): Promise<void> {
  const found = await store.findTask({ by: 'id', id: task.id });
  if (found !== undefined) await store.deleteTask(found.id, found.revision, now);
}
