import type { Task } from '../../../src/domain/task.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { Ids } from '../../../src/ports/ids.ts';
import type { Claim } from '../../../src/domain/run.ts';
import type { Announcer } from '../../../src/ports/announcer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { PlannedTask, RunFilter, Store, TaskFilter } from '../../../src/ports/store.ts';
import { recordingAnnouncer } from '../../support/announcer.ts';
import type { RecordingAnnouncer } from '../../support/announcer.ts';
import { seededIds } from '../../support/ids.ts';
import { quietLog } from '../../support/quiet-log.ts';
import type { QuietLog } from '../../support/quiet-log.ts';
import { setClock } from '../../support/set-clock.ts';
import type { SetClock } from '../../support/set-clock.ts';
import { minuteTask, planOne } from '../fixtures.ts';
import type { TaskChanges } from '../fixtures.ts';

/** Opens an empty store. */
export type OpenStore = (ports: {
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly log: Log;
}) => Promise<Store>;

/** An empty store with everything around it, and shorthands for what most tests do. */
export type World = {
  readonly store: Store;
  readonly clock: SetClock;
  readonly ids: Ids;
  readonly announcer: RecordingAnnouncer;
  readonly log: QuietLog;
  readonly now: () => Temporal.Instant;
  /** Kinds of the changes announced since the last call. */
  readonly changes: () => readonly string[];
  /** Stores a task that is due every minute, beginning now, and answers with it as it is stored. */
  readonly addTask: (changes?: TaskChanges) => Promise<Task>;
  readonly find: (task: Task) => Promise<Task>;
  readonly plan: (task: Task) => Promise<PlannedTask>;
  readonly take: (
    limit?: number,
    tagLimits?: ReadonlyMap<string, number>,
  ) => Promise<readonly Claim[]>;
  readonly succeed: (claim: Claim) => Promise<boolean>;
  readonly runs: (task: Task) => Promise<readonly Run[]>;
};

export async function withStore(open: OpenStore, test: (world: World) => Promise<void>) {
  const clock = setClock();
  const announcer = recordingAnnouncer();
  const log = quietLog();
  const store = await open({ clock, announcer, log });
  try {
    await test(createWorld(store, clock, announcer, log));
  } finally {
    await store.close();
  }
}

function createWorld(
  store: Store,
  clock: SetClock,
  announcer: RecordingAnnouncer,
  log: QuietLog,
): World {
  const ids = seededIds(1, clock);
  let heard = 0;
  const find = async (task: Task): Promise<Task> => {
    const found = await store.findTask({ by: 'id', id: task.id });
    if (found === undefined) throw new Error('The task is gone.');
    return found;
  };
  return {
    store,
    clock,
    ids,
    announcer,
    log,
    now: () => clock.now(),
    changes: () => {
      const fresh = announcer.announced.slice(heard);
      heard = announcer.announced.length;
      return fresh.map((change) => change.kind);
    },
    addTask: async (changes) => {
      const task = minuteTask(ids, clock.now(), changes);
      const inserted = await store.insertTask(task, undefined);
      if (inserted.kind !== 'inserted')
        throw new Error(`The task was not stored: ${inserted.kind}`);
      return find(task);
    },
    find,
    plan: async (task) => planOne(ids, await find(task)),
    take: (limit = 10, tagLimits = new Map()) =>
      store.takeRuns({
        owner: 'daemon-1',
        leaseUntil: clock.now().add({ seconds: 30 }),
        now: clock.now(),
        limit,
        tagLimits,
      }),
    succeed: (claim) =>
      store.finishAttempt(
        claim,
        { kind: 'succeeded', result: RESULT },
        { to: 'succeeded' },
        clock.now(),
      ),
    runs: async (task) =>
      (await store.listRuns({ ...ANY_RUN, taskId: task.id }, 100, undefined)).items.toReversed(),
  };
}

export const RESULT = {
  exitCode: 0,
  signal: undefined,
  httpStatus: undefined,
  httpHeaders: undefined,
  durationMs: 12,
  outputBytes: 34,
  outputIsCut: false,
};

export const ANY_TASK: TaskFilter = {
  namespace: 'all',
  states: undefined,
  tag: undefined,
  text: undefined,
};

export const ANY_RUN: RunFilter = {
  namespace: 'all',
  taskId: undefined,
  states: undefined,
  trigger: undefined,
  since: undefined,
  until: undefined,
};
