import type { ActionKind } from '../../src/domain/action.ts';
import type { Change } from '../../src/domain/change.ts';
import { startEngine } from '../../src/engine/engine.ts';
import type { EnginePorts, EngineSettings } from '../../src/engine/engine-ports.ts';
import type { Announcer } from '../../src/ports/announcer.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Execution, Executor, Sink } from '../../src/ports/executor.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { OutputStore } from '../../src/ports/output.ts';
import type { Store } from '../../src/ports/store.ts';
import type { ServicePorts } from '../../src/service/services.ts';
import { failed, resultOf, succeeded } from '../support/scripted-executor.ts';
import { openMemoryStore } from './memory-store.ts';
import { checkBeginning, closeWindow, spend, type Use } from './spending.ts';
import { observe, outputKey, worldOutput, type World } from './world.ts';

/** What an attempt does. */
export type Behaviour =
  | { readonly kind: 'succeed' }
  | { readonly kind: 'fail'; readonly isRetryable: boolean }
  /** Takes this long; detached work outlives its daemon. */
  | { readonly kind: 'take'; readonly ms: number; readonly isDetached: boolean }
  | { readonly kind: 'hang' }
  /** Of agents: uses tokens, and takes this long; a command succeeds. */
  | ({ readonly kind: 'use' } & Use)
  /** Of agents: the window of the vendor is closed, for as long as it says if it does. */
  | { readonly kind: 'limit'; readonly ms: number | undefined };

/** Where a process dies: at its storage call number `call` from now, before or after it took effect. */
export type Kill = { readonly call: number; readonly when: 'before' | 'after' };

/** What a seeded bug may replace; each gets the sound part and answers with the broken one. */
export type Faults = {
  readonly store?: (store: Store, world: World, clock: Clock) => Store;
  readonly clock?: (clock: Clock) => Clock;
  readonly output?: (output: OutputStore) => OutputStore;
};

/** One simulated daemon: started, killed, frozen and started again, on the world's disk. */
export type SimProcess = {
  readonly isAlive: () => boolean;
  readonly isFrozen: () => boolean;
  start(): void;
  killAt(kill: Kill | undefined): void;
  freeze(ms: number): void;
  /** What its clients ask it through. */
  readonly services: () => ServicePorts;
};

/** The most storage calls between two waits: a loop that makes more never waits. */
const CALLS_PER_TURN_MAX = 3_000;

const ENCODER = new TextEncoder();
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

export function simProcess(
  world: World,
  index: number,
  settings: Omit<EngineSettings, 'owner'>,
  behaviours: readonly Behaviour[],
  ids: Ids,
  faults: Faults,
): SimProcess {
  let life = 0;
  let isAlive = false;
  let frozenUntilMs = 0;
  let kill: Kill | undefined;
  let services: ServicePorts | undefined;

  const isFrozen = (): boolean => frozenUntilMs > world.monotonicMs;
  const die = (): void => {
    isAlive = false;
    kill = undefined;
  };

  const start = (): void => {
    if (isAlive) return;
    life += 1;
    const mine = life;
    isAlive = true;
    frozenUntilMs = 0;
    const lives = (): boolean => isAlive && life === mine;
    const clock = processClock(world, lives, () => frozenUntilMs);
    const announcer = processAnnouncer(world, lives);
    const sound = openMemoryStore({
      state: world.state,
      now: world.now,
      announcer,
      onUnsoundPlan: (task, at) => {
        if (world.state.isLedgerUnique)
          world.violations.push(`${task.id}: ${at.toString()} was planned again`);
      },
    });
    const step = (when: 'before' | 'after'): boolean => {
      if (!lives()) return false;
      if (kill?.when === when) {
        if (kill.call <= 0) {
          die();
          return false;
        }
        kill = { ...kill, call: kill.call - 1 };
      }
      return true;
    };
    const thawed = (): Promise<void> | undefined =>
      isFrozen()
        ? new Promise((resolve) => {
            world.setTimer(frozenUntilMs - world.monotonicMs, resolve, () => frozenUntilMs);
          })
        : undefined;
    const store = mortalStore(faults.store?.(sound, world, clock) ?? sound, world, step, thawed);
    const output = worldOutput(world);
    const executor = simExecutor(world, clock, behaviours);
    const ports: EnginePorts = {
      store,
      executors: new Map<ActionKind, Executor>([
        ['command', executor],
        ['agent', { ...executor, kind: 'agent' }],
      ]),
      output: faults.output?.(output) ?? output,
      secrets: { resolve: async () => new Map(), list: async () => [], noteUse: async () => {} },
      announcer,
      clock: faults.clock?.(clock) ?? clock,
      ids,
      log: SILENT,
    };
    services = servicePorts(ports);
    startEngine(ports, { ...settings, owner: `process-${index}-${mine}` });
  };

  return {
    isAlive: () => isAlive,
    isFrozen,
    start,
    killAt: (next) => {
      kill = next;
    },
    freeze: (ms) => {
      frozenUntilMs = world.monotonicMs + ms;
      world.wasFrozen = true;
    },
    services: () => {
      if (services === undefined) throw new Error('The process was never started.');
      return services;
    },
  };
}

function servicePorts(ports: EnginePorts): ServicePorts {
  return {
    ...ports,
    secrets: {
      ...ports.secrets,
      set: async () => {},
      remove: async () => false,
      setGrants: async () => false,
      rotateDataKey: async () => ({ resealed: 0 }),
      rotateMasterKey: async () => {},
      exportSealed: async () => '',
      openSealed: async () => new Map(),
    },
    settings: { zone: 'UTC', intervalMsMin: 100, home: '/home/someone' },
    daemon: () => {
      throw new Error('Nobody asks about the daemon in the simulation.');
    },
  };
}

/** A call of a dead process never answers, so nothing of it goes on. */
const never: Promise<never> = new Promise(() => {});

/** The store of a process that may die at any call: before it, or after it took effect. */
function mortalStore(
  store: Store,
  world: World,
  step: (when: 'before' | 'after') => boolean,
  thawed: () => Promise<void> | undefined,
): Store {
  const mortal = Object.entries(store).map(([name, call]) => {
    if (typeof call !== 'function') return [name, call];
    const asked = call as (...args: readonly unknown[]) => Promise<unknown>;
    const wrapped = async (...args: readonly unknown[]): Promise<unknown> => {
      await thawed();
      await Promise.resolve();
      if (!step('before') || hasSpun(world)) return never;
      const answer = await asked(...args);
      await thawed();
      return step('after') ? answer : never;
    };
    return [name, wrapped];
  });
  return Object.fromEntries(mortal) as Store;
}

let turnOfCalls = { world: undefined as World | undefined, atMs: 0, calls: 0 };

function hasSpun(world: World): boolean {
  world.calls += 1;
  if (turnOfCalls.world !== world || turnOfCalls.atMs !== world.monotonicMs) {
    turnOfCalls = { world, atMs: world.monotonicMs, calls: 0 };
  }
  turnOfCalls.calls += 1;
  if (turnOfCalls.calls <= CALLS_PER_TURN_MAX) return false;
  world.violations.push('a loop spins: it asks the store again and again without time going on');
  return true;
}

function processClock(world: World, lives: () => boolean, heldUntilMs: () => number): Clock {
  return {
    now: world.now,
    monotonicMs: () => world.monotonicMs,
    setTimer: (ms, wake) =>
      lives()
        ? world.setTimer(
            ms,
            () => {
              if (lives()) wake();
            },
            () => (lives() ? heldUntilMs() : 0),
          )
        : () => {},
  };
}

function processAnnouncer(world: World, lives: () => boolean): Announcer {
  const listeners = new Set<(changes: readonly Change[]) => void>();
  return {
    announce: (changes) => {
      observe(world, changes);
      if (!lives()) return;
      for (const listener of listeners) listener(changes);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Has its effect when it begins, then does what the history says. */
function simExecutor(world: World, clock: Clock, behaviours: readonly Behaviour[]): Executor {
  const inProgress = new Map<string, number>();
  const text = ({ run, attempt }: Execution): string => `${run.id} did ${attempt}`;

  const carryOut = async (
    execution: Execution,
    behaviour: Behaviour,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const isAgent = execution.action.kind === 'agent';
    const key = outputKey(execution.run.id, execution.attempt);
    switch (behaviour.kind) {
      case 'succeed':
        return succeeded();
      case 'fail':
        return failed('exit_code', behaviour.isRetryable);
      case 'take': {
        if (behaviour.isDetached) world.detached.set(key, world.monotonicMs + behaviour.ms);
        return waitFor(clock, behaviour.ms, signal);
      }
      case 'hang':
        return waitFor(clock, undefined, signal);
      case 'use':
        return isAgent
          ? spend(world, execution, behaviour, sink, signal, (ms) => waitFor(clock, ms, signal))
          : succeeded();
      case 'limit':
        return isAgent ? closeWindow(world, behaviour.ms) : succeeded();
    }
  };

  return {
    kind: 'command',
    execute: async (execution, sink, signal) => {
      const { run, attempt } = execution;
      const beside = inProgress.get(run.taskId) ?? 0;
      inProgress.set(run.taskId, beside + 1);
      world.effects.push({
        runId: run.id,
        taskId: run.taskId,
        attempt,
        scheduledForMs: run.scheduledFor?.epochMilliseconds,
        deadlineMs: run.deadlineAt?.epochMilliseconds,
        atMs: world.wallMs,
        beside,
        text: text(execution),
      });
      if (execution.action.kind === 'agent') checkBeginning(world, execution);
      const behaviour = behaviours[world.attempts % behaviours.length] ?? { kind: 'succeed' };
      world.attempts += 1;
      write(sink, text(execution));
      try {
        return await carryOut(
          execution,
          world.isSettling ? { kind: 'succeed' } : behaviour,
          sink,
          signal,
        );
      } finally {
        inProgress.set(run.taskId, (inProgress.get(run.taskId) ?? 1) - 1);
      }
    },
    recover: async (execution, sink, signal) => {
      const endsAtMs = world.detached.get(outputKey(execution.run.id, execution.attempt));
      if (endsAtMs === undefined) return undefined;
      sink.restart();
      write(sink, text(execution));
      return waitFor(clock, Math.max(0, endsAtMs - world.monotonicMs), signal);
    },
  };
}

/** In two pieces, since one that is lost must be missed. */
function write(sink: Sink, text: string): void {
  const bytes = ENCODER.encode(text);
  sink.write('stdout', bytes.subarray(0, 10));
  sink.write('stdout', bytes.subarray(10));
}

function waitFor(clock: Clock, ms: number | undefined, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const stopped = (): void =>
      resolve({ kind: 'cancelled', message: 'It was stopped.', result: resultOf() });
    if (signal.aborted) return stopped();
    const disarm = ms === undefined ? () => {} : clock.setTimer(ms, () => resolve(succeeded()));
    signal.addEventListener(
      'abort',
      () => {
        disarm();
        stopped();
      },
      { once: true },
    );
  });
}
