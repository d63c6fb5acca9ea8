import type { Claim, Run } from '../../src/domain/run.ts';
import type { Schedule } from '../../src/domain/schedule/schedule.ts';
import type { Task } from '../../src/domain/task.ts';
import type { OutputStore, OutputWriter } from '../../src/ports/output.ts';
import type { NewRun, PlannedTask, Store, TakeRuns } from '../../src/ports/store.ts';
import { dueMsOf, type MemoryState, type RunRow } from './memory-state.ts';
import type { Faults } from './process.ts';
import type { World } from './world.ts';

/** Fourteen ways in which schedulers went wrong, each put into the store, the clock or the output of the simulation. */
export const SEEDED_BUGS: Readonly<Record<string, Faults>> = {
  'the cursor is moved after the effect': { store: cursorAfterEffect },
  'no key makes an occurrence unique': { store: withoutUniqueKey },
  'leases have no fencing token': { store: withoutFencing },
  'a long timer overflows and rings at once': { store: trustingLongTimers },
  'a wait that is over is waited for again': { store: busyWaiting },
  'an idempotency key is looked for, then consumed': { store: findThenConsume },
  'a claim selects, then updates': { store: naiveClaim },
  'the tail of the output is not flushed': { output: losingTheTail },
  'the time zone is off by one hour': { store: offByOneHour },
  'a retry keeps its attempt number': { store: withoutAttemptBump },
  'what was spent is not looked at': { store: forgettingWhatWasSpent },
  'what an attempt used is not written down': { store: keepingNoBooks },
  'a closed window holds nobody else': { store: withoutPoolHolds },
  'a run that is held never goes on': { store: losingTheHeld },
};

/** Somebody else's turn: another process may do something here, or this one may die. */
function elsewhere(world: World): Promise<void> {
  return new Promise((resolve) => {
    world.setTimer(1, resolve, () => 0);
  });
}

/** The runs are written at once, the ledger and the next occurrence in a transaction of their own. */
function cursorAfterEffect(store: Store, world: World): Store {
  world.state.isLedgerUnique = false;
  return {
    ...store,
    applyPlans: async (planned, now) => {
      const saved = planned.map(({ task }) => snapshot(world.state, task));
      const moved = await store.applyPlans(planned, now);
      const later = planned.map(({ task }) => snapshot(world.state, task));
      saved.forEach((restore) => restore());
      await elsewhere(world);
      later.forEach((restore) => restore());
      return moved;
    },
  };
}

function snapshot(state: MemoryState, { id }: Task): () => void {
  const row = state.tasks.get(id);
  if (row === undefined) return () => {};
  const { task, dueMs } = row;
  const entries = [...row.ledger];
  return () => {
    row.task = task;
    row.dueMs = dueMs;
    row.ledger.splice(0, row.ledger.length, ...entries);
  };
}

/** Whatever a planner decided is written, although another one was faster. */
function withoutUniqueKey(store: Store, world: World): Store {
  world.state.isLedgerUnique = false;
  return {
    ...store,
    listDueTasks: async (now, limit) => {
      const tasks = await store.listDueTasks(now, limit);
      if (tasks.length > 0) await elsewhere(world);
      return tasks;
    },
    applyPlans: (planned, now) => {
      const asRead = planned.map((one) => asStored(world.state, one));
      return store.applyPlans(asRead, now);
    },
  };
}

function asStored(state: MemoryState, planned: PlannedTask): PlannedTask {
  const row = state.tasks.get(planned.task.id);
  if (row === undefined || row.isDeleted) return planned;
  row.dueMs ??= dueMsOf(planned.task) ?? 0;
  return { ...planned, task: row.task };
}

/** The last one to finish a run wins. */
function withoutFencing(store: Store, world: World): Store {
  return {
    ...store,
    finishAttempt: (claim, ...rest) => {
      const row = world.state.runs.get(claim.run.id);
      if (row === undefined) return store.finishAttempt(claim, ...rest);
      row.run = { ...row.run, state: 'running' };
      return store.finishAttempt({ ...claim, fence: row.fence }, ...rest);
    },
  };
}

/** As `setTimeout` in Node: 2^31 ms and more ring after one, and who is woken believes that it is time. */
function trustingLongTimers(store: Store): Store {
  return {
    ...store,
    listDueTasks: async (now, limit) => {
      const { dueAt } = await store.nextWakeAt();
      const waitMs = dueAt === undefined ? 0 : dueAt.epochMilliseconds - now.epochMilliseconds;
      return store.listDueTasks(waitMs >= 2 ** 31 && dueAt !== undefined ? dueAt : now, limit);
    },
    now: async () => {
      const now = await store.now();
      const { dueAt } = await store.nextWakeAt();
      if (dueAt === undefined) return now;
      const waitMs = dueAt.epochMilliseconds - now.epochMilliseconds;
      return waitMs >= 2 ** 31 ? dueAt : now;
    },
  };
}

/** The store goes on saying that something is due. */
function busyWaiting(store: Store): Store {
  const long = Temporal.Instant.fromEpochMilliseconds(0);
  return { ...store, nextWakeAt: async () => ({ dueAt: long, readyAt: long }) };
}

function findThenConsume(store: Store, world: World): Store {
  return {
    ...store,
    insertRun: async (run: NewRun, now, idempotency) => {
      if (idempotency === undefined) return store.insertRun(run, now, undefined);
      const key = `${idempotency.principal} ${idempotency.key}`;
      const known = world.state.keys.get(key);
      if (known !== undefined) return store.insertRun(run, now, idempotency);
      await elsewhere(world);
      const inserted = await store.insertRun(run, now, undefined);
      if (inserted.kind === 'inserted') {
        world.state.keys.set(key, { ...idempotency, id: run.id, atMs: now.epochMilliseconds });
      }
      return inserted;
    },
  };
}

/** Two processes that look at the same moment take the same runs. */
function naiveClaim(store: Store, world: World): Store {
  return {
    ...store,
    takeRuns: async (take: TakeRuns): Promise<readonly Claim[]> => {
      const nowMs = take.now.epochMilliseconds;
      const ready = [...world.state.runs.values()].filter(
        (row) => row.run.state === 'queued' && row.readyMs <= nowMs && !row.isBehind,
      );
      if (ready.length === 0) return store.takeRuns(take);
      const seen = ready.slice(0, take.limit);
      await elsewhere(world);
      return seen.map((row) => takeAnyway(row, take));
    },
  };
}

function takeAnyway(row: RunRow, take: TakeRuns): Claim {
  const startedAt = take.now;
  row.run = { ...row.run, state: 'running', attempt: 1, startedAt };
  row.fence += 1;
  row.owner = take.owner;
  row.leaseUntilMs = take.leaseUntil.epochMilliseconds;
  row.attempts.splice(0, row.attempts.length, {
    runId: row.run.id,
    attempt: 1,
    startedAt,
    endedAt: undefined,
    outcome: undefined,
    message: undefined,
    result: undefined,
  });
  return { run: row.run, fence: row.fence };
}

function losingTheTail(output: OutputStore): OutputStore {
  return {
    ...output,
    open: (runId, attempt) => {
      const writer = output.open(runId, attempt);
      let kept: Parameters<OutputWriter['append']> | undefined;
      return {
        ...writer,
        append: (stream, bytes) => {
          if (kept !== undefined) writer.append(...kept);
          kept = [stream, bytes];
        },
      };
    },
  };
}

/** What the planner reads was computed an hour away from where it is. */
function offByOneHour(store: Store): Store {
  const shifted = (schedule: Schedule | undefined): Schedule | undefined =>
    schedule?.rule.kind === 'every'
      ? { ...schedule, rule: { ...schedule.rule, anchor: schedule.rule.anchor.add({ hours: -1 }) } }
      : schedule;
  return {
    ...store,
    listDueTasks: async (now, limit) => {
      const tasks = await store.listDueTasks(now, limit);
      return tasks.map((task) => ({
        ...task,
        definition: { ...task.definition, schedule: shifted(task.definition.schedule) },
      }));
    },
  };
}

function withoutAttemptBump(store: Store, world: World): Store {
  return {
    ...store,
    takeRuns: async (take) => {
      const claims = await store.takeRuns(take);
      return claims.map((claim) => {
        const row = world.state.runs.get(claim.run.id);
        if (row === undefined || claim.run.attempt < 2) return claim;
        const run: Run = { ...claim.run, attempt: claim.run.attempt - 1 };
        row.run = run;
        return { ...claim, run };
      });
    },
  };
}

function forgettingWhatWasSpent(store: Store): Store {
  return { ...store, spend: { ...store.spend, sum: async () => ({ usd: 0, tokens: 0 }) } };
}

function keepingNoBooks(store: Store): Store {
  return {
    ...store,
    finishAttempt: (claim, outcome, transition, at, item) =>
      store.finishAttempt(claim, outcome, transition, at, item, undefined),
  };
}

/** Only the run that found the window closed waits for it. */
function withoutPoolHolds(store: Store, world: World): Store {
  return {
    ...store,
    takeRuns: async (take) => {
      const holds = [...world.state.poolHolds];
      world.state.poolHolds.clear();
      const claims = await store.takeRuns(take);
      for (const [pool, until] of holds) world.state.poolHolds.set(pool, until);
      return claims;
    },
  };
}

/** Whoever holds a run is expected to remember it. */
function losingTheHeld(store: Store, world: World): Store {
  return {
    ...store,
    finishAttempt: async (claim, outcome, transition, ...rest) => {
      const isOurs = await store.finishAttempt(claim, outcome, transition, ...rest);
      const row = world.state.runs.get(claim.run.id);
      if (row?.run.state === 'held') row.isBehind = true;
      return isOurs;
    },
  };
}
