import type { Change } from '../domain/change.ts';
import type { Claim } from '../domain/run.ts';
import { watchClock } from './clock-watch.ts';
import { dispatchOnce, dispatchWaitMs } from './dispatcher.ts';
import type { EnginePorts, EngineSettings } from './engine-ports.ts';
import { keepLeasesOnce } from './lease-keeper.ts';
import { begin, type LiveRuns } from './live-runs.ts';
import { createMeter, type DaemonBudgets } from './meter.ts';
import { planOnce, planWaitMs } from './planner.ts';
import { pruneOnce, PRUNE_EVERY_MS } from './pruner.ts';
import { settleUnansweredOnce } from './question-keeper.ts';
import { repeat, WAIT_MS_MAX, type Loop } from './repeat.ts';
import { rescueOnce } from './rescuer.ts';
import { resumeAttempt, runAttempt, type RunnerPorts } from './runner.ts';

/** Leases are renewed this many times before they would end. */
const RENEWALS_PER_LEASE = 3;

/** The most runs that one pass ends because their deadline passed while they waited. */
const EXPIRIES_PER_PASS = 200;

const NO_BUDGETS: DaemonBudgets = { daemon: undefined, tags: new Map(), zone: 'UTC' };

export type Engine = {
  /** Stops planning and claiming, and waits up to `ms` for the runs in progress. */
  drain(ms: number): Promise<void>;
  /** Stops everything now. Runs in progress are let go, to be taken back at the next start. */
  stop(): Promise<void>;
  /** What a person should know of: empty when all is well. */
  alarms(): readonly string[];
};

/** Starts what time makes happen: plan, dispatch, execute, rescue, prune. */
export function startEngine(ports: EnginePorts, settings: EngineSettings): Engine {
  const { clock, log, announcer } = ports;
  const budgets = settings.budgets ?? NO_BUDGETS;
  const meter = createMeter({ store: ports.store, now: () => clock.now() }, budgets);
  const runner: RunnerPorts = { ...ports, meter };
  const live: LiveRuns = new Map();
  const hasJumped = watchClock(clock, log);
  const freed = (): void => dispatcher.wake();

  const start = (claim: Claim): void =>
    begin(live, claim, (c, signal, stop) => runAttempt(runner, c, signal, stop), freed);
  const resume = (claim: Claim, startedAt: Temporal.Instant): void =>
    begin(
      live,
      claim,
      (c, signal, stop) => resumeAttempt(runner, c, signal, stop, startedAt),
      freed,
    );

  const planner = repeat(clock, log, 'planner', async () => {
    hasJumped();
    const waitMs = await planWaitMs(ports);
    // Nothing is due in most passes, each change wakes one, and this question is the cheaper one.
    if (waitMs > 0) return waitMs;
    return (await planOnce(ports)) > 0 ? 0 : planWaitMs(ports);
  });
  const dispatcher = repeat(clock, log, 'dispatcher', async () =>
    (await dispatchOnce(ports, settings, live, start)) > 0
      ? 0
      : dispatchWaitMs(ports, settings, live),
  );
  const leaseKeeper = repeat(
    clock,
    log,
    'lease keeper',
    async () => {
      await keepLeasesOnce(ports, settings, live);
      return settings.leaseMs / RENEWALS_PER_LEASE;
    },
    settings.leaseMs / RENEWALS_PER_LEASE,
  );
  const rescuer = repeat(
    clock,
    log,
    'rescuer',
    async () => {
      await rescueOnce(ports, settings, live, resume);
      return settings.leaseMs;
    },
    settings.leaseMs,
  );
  const expirer = repeat(clock, log, 'expirer', async () => {
    await ports.store.expireQueuedRuns(await ports.store.now(), EXPIRIES_PER_PASS);
    await settleUnansweredOnce(ports);
    return WAIT_MS_MAX;
  });
  const pruner = repeat(clock, log, 'pruner', () => pruneOnce(ports), PRUNE_EVERY_MS);

  const stopListening = announcer.listen((changes) => {
    for (const change of changes) react(change, live, planner, dispatcher);
  });

  const claiming = [planner, dispatcher, rescuer, expirer, pruner];
  const stopLoops = async (loops: readonly Loop[]): Promise<void> => {
    await Promise.all(loops.map((loop) => loop.stop()));
  };

  return {
    async drain(ms) {
      await stopLoops(claiming);
      await withinMs(ports, ms, Promise.all([...live.values()].map((run) => run.ended)));
      stopListening();
      await leaseKeeper.stop();
    },
    async stop() {
      stopListening();
      await stopLoops([...claiming, leaseKeeper]);
    },
    alarms: () => alarmsOf([planner, dispatcher, leaseKeeper, rescuer, expirer, pruner]),
  };
}

function react(change: Change, live: LiveRuns, planner: Loop, dispatcher: Loop): void {
  switch (change.kind) {
    case 'daemon.resumed':
      planner.wake();
      dispatcher.wake();
      return;
    case 'task.updated':
      planner.wake();
      // What is held by a budget may go on when the budget was changed.
      dispatcher.wake();
      return;
    case 'task.created':
    case 'task.resumed':
    case 'task.undeleted':
      planner.wake();
      return;
    case 'run.queued':
    case 'run.retrying':
    case 'run.held':
    case 'run.succeeded':
    case 'run.failed':
    case 'run.cancelled':
      dispatcher.wake();
      return;
    case 'run.cancelling':
      if (change.runId !== undefined) live.get(change.runId)?.stop('cancelled');
      return;
    case 'task.paused':
    case 'task.ended':
    case 'task.deleted':
    case 'run.started':
    case 'run.waiting':
    case 'occurrence.skipped':
    case 'occurrence.missed':
    case 'inbox.added':
    case 'inbox.changed':
    case 'webhook.changed':
    case 'webhook.delivered':
    case 'daemon.alarm':
    case 'daemon.stopped':
      return;
  }
}

/** SQLite's code for a disk that is full. */
const SQLITE_FULL = 13;

function alarmsOf(loops: readonly Loop[]): readonly string[] {
  const failures = loops.map((loop) => loop.failure()).filter((failure) => failure !== undefined);
  if (failures.length === 0) return [];
  const isFull = failures.some((failure) => failureCode(failure) === SQLITE_FULL);
  return [isFull ? 'disk_full' : 'store_unavailable'];
}

/** The code of what failed; a store that tells of it in other words keeps it as the cause. */
function failureCode(failure: unknown): unknown {
  if (typeof failure !== 'object' || failure === null) return undefined;
  if ('errcode' in failure) return failure.errcode;
  return 'cause' in failure ? failureCode(failure.cause) : undefined;
}

/** Waits for `work`, but no longer than `ms`. */
async function withinMs(ports: EnginePorts, ms: number, work: Promise<unknown>): Promise<void> {
  let cancel = (): void => {};
  const bound = new Promise<void>((resolve) => {
    cancel = ports.clock.setTimer(ms, resolve);
  });
  await Promise.race([work, bound]);
  cancel();
}
