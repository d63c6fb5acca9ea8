import type { Change } from '../../src/domain/change.ts';
import type { RunId, TaskId } from '../../src/domain/id.ts';
import type { Schedule } from '../../src/domain/schedule/schedule.ts';
import type { OutputStore } from '../../src/ports/output.ts';
import type { ClosedWindow } from './spending.ts';
import { memoryState, type MemoryState } from './memory-state.ts';

/** Something that a run did to the world outside, in the order in which it happened. */
export type Effect = {
  readonly runId: RunId;
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly scheduledForMs: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly atMs: number;
  /** Attempts of the same task that were going on in the same process. */
  readonly beside: number;
  readonly text: string;
};

/** A stretch of wall time in which a task had one schedule; occurrences in (afterMs, …] are its own. */
export type Reign = {
  readonly taskId: TaskId;
  readonly afterMs: number;
  readonly schedule: Schedule | undefined;
};

export type Timer = {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
  /** Until when the process that waits is frozen; its timer does not ring before. */
  readonly heldUntilMs: () => number;
};

/** Everything that outlives the simulated processes: the time, the disk, and what was done. */
export type World = {
  wallMs: number;
  readonly wallMsMax: () => number;
  monotonicMs: number;
  readonly timers: Set<Timer>;
  readonly state: MemoryState;
  readonly effects: Effect[];
  readonly reigns: Reign[];
  readonly output: Map<string, string>;
  /** Attempts whose work goes on without their daemon, and when it is over. */
  readonly detached: Map<string, number>;
  /** The last that each attempt told of its tokens. */
  readonly used: Map<string, number>;
  readonly closedWindows: ClosedWindow[];
  /** Whether a process was ever frozen: it may act on what it read before. */
  wasFrozen: boolean;
  /** Instants at which tasks were deleted. */
  readonly deletedAtMs: Map<TaskId, number>;
  /** Cancelled runs, with the attempt that was going on. */
  readonly cancelled: Map<RunId, number>;
  /** Whether there is one process, so that nobody takes its runs over while it stands still. */
  readonly isAlone: boolean;
  /** Runs that were asked for under an idempotency key. */
  readonly keyed: Map<RunId, string>;
  /** What must not be and was seen on the way. */
  readonly violations: string[];
  calls: number;
  attempts: number;
  isSettling: boolean;
  readonly now: () => Temporal.Instant;
  readonly setTimer: (ms: number, wake: () => void, heldUntilMs: () => number) => () => void;
  /** Lets time pass; what it wakes runs to its next wait, each at its time. */
  readonly advance: (ms: number) => Promise<void>;
  readonly step: (ms: number) => void;
};

const START_MS = 1_793_606_400_000;

/** The most timers that may ring without time going on: a pass that asks for no wait at all spins. */
const WAKES_PER_INSTANT_MAX = 400;

export function makeWorld(isAlone: boolean): World {
  const timers = new Set<Timer>();
  let order = 0;
  let wallMsMax = START_MS;
  let cachedMs = Number.NaN;
  let cached = Temporal.Instant.fromEpochMilliseconds(START_MS);

  const world: World = {
    wallMs: START_MS,
    wallMsMax: () => wallMsMax,
    monotonicMs: 1_000,
    timers,
    state: memoryState(),
    effects: [],
    reigns: [],
    output: new Map(),
    detached: new Map(),
    used: new Map(),
    closedWindows: [],
    wasFrozen: false,
    deletedAtMs: new Map(),
    cancelled: new Map(),
    isAlone,
    keyed: new Map(),
    violations: [],
    calls: 0,
    attempts: 0,
    isSettling: false,
    now: () => {
      if (cachedMs !== world.wallMs) {
        cachedMs = world.wallMs;
        cached = Temporal.Instant.fromEpochMilliseconds(cachedMs);
      }
      return cached;
    },
    setTimer: (ms, wake, heldUntilMs) => {
      order += 1;
      const timer = {
        atMs: world.monotonicMs + Math.max(0, Math.ceil(ms)),
        order,
        wake,
        heldUntilMs,
      };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    step: (ms) => {
      world.wallMs += ms;
      wallMsMax = Math.max(wallMsMax, world.wallMs);
    },
    advance: async (ms) => {
      const untilMs = world.monotonicMs + ms;
      let wakes = 0;
      await settled();
      for (;;) {
        const timer = firstTimer(timers, untilMs);
        const atMs = timer === undefined ? untilMs : ringsAtMs(timer);
        const passes = Math.max(0, atMs - world.monotonicMs);
        world.monotonicMs += passes;
        world.step(passes);
        if (timer === undefined) break;
        wakes = passes > 0 ? 0 : wakes + 1;
        if (wakes > WAKES_PER_INSTANT_MAX) {
          world.violations.push('a loop spins: it wakes again and again without time going on');
          return;
        }
        timers.delete(timer);
        timer.wake();
        await settled();
      }
    },
  };
  return world;
}

/** Resolves when everything that can go on without time has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Remembers what the changes mean for the model, in the transaction that makes them. */
export function observe(world: World, changes: readonly Change[]): void {
  for (const { kind, taskId, at } of changes) {
    if (taskId === undefined) continue;
    if (kind === 'task.deleted') world.deletedAtMs.set(taskId, at.epochMilliseconds);
    if (kind !== 'task.created' && kind !== 'task.updated') continue;
    const task = world.state.tasks.get(taskId)?.task;
    const before = world.reigns.findLast((reign) => reign.taskId === taskId);
    const schedule = task?.definition.schedule;
    if (before !== undefined && before.schedule === schedule) continue;
    // An edit counts from now on, but never from before the schedule that it ends, though the clock
    // may have been set back behind it; what the old schedule has been planned for stays its own.
    const afterMs = Math.max(
      at.epochMilliseconds,
      coveredMs(world, taskId),
      before?.afterMs ?? Number.NEGATIVE_INFINITY,
    );
    world.reigns.push({ taskId, afterMs, schedule });
  }
}

function coveredMs(world: World, taskId: TaskId): number {
  const entries = world.state.tasks.get(taskId)?.ledger ?? [];
  return entries.reduce((latest, { to }) => Math.max(latest, to.epochMilliseconds), -Infinity);
}

/** Kept output as text that is there as soon as it is appended. */
export function worldOutput(world: World): OutputStore {
  return {
    open: (runId, attempt) => {
      const key = outputKey(runId, attempt);
      let bytes = 0;
      world.output.set(key, '');
      return {
        append: (_stream, chunk) => {
          bytes += chunk.length;
          world.output.set(key, (world.output.get(key) ?? '') + new TextDecoder().decode(chunk));
        },
        skip: (_stream, count) => {
          bytes += count;
        },
        isHeadFull: false,
        get bytes() {
          return bytes;
        },
        isCut: false,
        restart: () => world.output.set(key, ''),
        close: () => {},
      };
    },
    read: () => Promise.reject(new Error('Nobody reads output in the simulation.')),
    remove: async (runIds) => {
      for (const key of world.output.keys()) {
        if (runIds.some((id) => key.startsWith(id))) world.output.delete(key);
      }
    },
  };
}

export function outputKey(runId: RunId, attempt: number): string {
  return `${runId} ${attempt}`;
}

function firstTimer(timers: ReadonlySet<Timer>, untilMs: number): Timer | undefined {
  let found: Timer | undefined;
  let foundMs = Infinity;
  for (const timer of timers) {
    const atMs = ringsAtMs(timer);
    if (atMs > untilMs) continue;
    if (found === undefined || atMs < foundMs || (atMs === foundMs && timer.order < found.order)) {
      found = timer;
      foundMs = atMs;
    }
  }
  return found;
}

function ringsAtMs(timer: Timer): number {
  return Math.max(timer.atMs, timer.heldUntilMs());
}
