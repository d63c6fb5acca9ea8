import type { TaskId } from '../../src/domain/id.ts';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import {
  defaultPolicies,
  type CatchUp,
  type Policies,
  type RetryPolicy,
} from '../../src/domain/policies.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Rule, Schedule } from '../../src/domain/schedule/schedule.ts';
import type { Task } from '../../src/domain/task.ts';
import { firstOccurrence } from '../../src/domain/plan-due.ts';
import { startEngine, type Engine } from '../../src/engine/engine.ts';
import type { EnginePorts, EngineSettings } from '../../src/engine/engine-ports.ts';
import type { Store } from '../../src/ports/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer, type RecordingAnnouncer } from '../support/announcer.ts';
import { seededIds } from '../support/ids.ts';
import { memoryOutput } from '../support/memory-output.ts';
import { quietLog, type QuietLog } from '../support/quiet-log.ts';
import {
  scriptedExecutor,
  type ScriptedExecutor,
  type Step,
} from '../support/scripted-executor.ts';
import { setClock, type SetClock } from '../support/set-clock.ts';

/** The engine on the real store in memory, a clock that is set and an executor that is scripted. */
export type Bench = {
  readonly clock: SetClock;
  readonly store: Store;
  readonly announcer: RecordingAnnouncer;
  readonly executor: ScriptedExecutor;
  readonly log: QuietLog;
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  /** Starts an engine; the bench stops it when it is closed. */
  start(changes?: Partial<EngineSettings>): Engine;
  add(draft?: TaskDraft): Promise<Task>;
  /** Queues a run by hand. */
  run(task: Task, overlap?: Policies['overlap']): Promise<Run>;
  /** Lets time pass in steps, and everything that it wakes go on. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Moves the wall clock alone; everything goes on from there. */
  jump(ms: number): Promise<void>;
  /** Oldest first. */
  runs(task?: Task): Promise<readonly Run[]>;
  ledger(task: Task): Promise<readonly LedgerEntry[]>;
  close(): Promise<void>;
};

export type TaskDraft = {
  readonly name?: string;
  readonly rule?: Rule | undefined;
  readonly schedule?: Partial<Schedule>;
  readonly policies?: Partial<Omit<Policies, 'retry' | 'catchUp'>>;
  readonly retry?: Partial<RetryPolicy>;
  readonly catchUp?: Partial<CatchUp>;
  readonly tags?: readonly string[];
};

const START = '2026-11-02T08:00:00Z';

export function every(ms: number, anchor: string = START): Rule {
  return { kind: 'every', intervalMs: ms, anchor: Temporal.Instant.from(anchor) };
}

export function once(at: string): Rule {
  return { kind: 'once', at: Temporal.Instant.from(at) };
}

export async function openBench(...steps: readonly Step[]): Promise<Bench> {
  const clock = setClock(START);
  const announcer = recordingAnnouncer();
  const log = quietLog();
  const store = await openSqliteStore({ file: ':memory:', clock, announcer, log });
  const executor = scriptedExecutor('command', ...steps);
  const ids = seededIds(1, clock);
  const engines: Engine[] = [];
  const ports: EnginePorts = {
    store,
    executors: new Map([['command', executor]]),
    output: memoryOutput(),
    secrets: { resolve: async () => new Map(), list: async () => [], noteUse: async () => {} },
    announcer,
    clock,
    ids,
    log,
  };
  const settings: EngineSettings = {
    owner: 'first',
    workers: 8,
    leaseMs: 30_000,
    tagLimits: new Map(),
    isOnlyProcess: true,
  };
  const add = async (draft: TaskDraft = {}): Promise<Task> => {
    const task = taskOf(ports, clock.now(), draft);
    await store.insertTask(task, undefined);
    await rest();
    return task;
  };

  return {
    clock,
    store,
    announcer,
    executor,
    log,
    ports,
    settings,
    start: (changes = {}) => {
      const engine = startEngine(ports, { ...settings, ...changes });
      engines.push(engine);
      return engine;
    },
    add,
    run: async (task, overlap = 'allow') => {
      const { origin } = task;
      const request = {
        id: ids.runId(),
        task,
        trigger: 'manual',
        overlap,
        overrides: {},
        origin,
      } as const;
      const now = clock.now();
      const inserted = await store.insertRun({ ...request, readyAt: now }, now, undefined);
      if (inserted.kind !== 'inserted')
        throw new Error(`The run was not queued: ${inserted.kind}.`);
      await rest();
      return inserted.run;
    },
    pass: async (ms, stepMs = 250) => {
      await rest();
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        await rest();
      }
    },
    jump: async (ms) => {
      clock.step(ms);
      await rest();
    },
    runs: async (task) =>
      (await store.listRuns(allRuns(task?.id), 2_000, undefined)).items.toReversed(),
    ledger: (task) => {
      const from = Temporal.Instant.fromEpochMilliseconds(0);
      return store.listLedger(task.id, from, clock.now().add({ hours: 24 * 9_999 }), 5_000);
    },
    close: async () => {
      const stops = engines.map((engine) => engine.stop());
      clock.advance(60_000);
      await Promise.all(stops);
      await store.close();
    },
  };
}

function allRuns(taskId: TaskId | undefined) {
  return {
    namespace: 'all',
    taskId,
    states: undefined,
    trigger: undefined,
    since: undefined,
    until: undefined,
  } as const;
}

/** The most turns that anything here takes to go on as far as it can without time. */
const TURNS_MAX = 12;

/** Resolves when what can go on without time has gone on. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

let made = 0; // names only have to differ

function taskOf(ports: EnginePorts, now: Temporal.Instant, draft: TaskDraft): Task {
  made += 1;
  const id = ports.ids.taskId();
  const policies = defaultPolicies('command');
  const rule = 'rule' in draft ? draft.rule : every(60_000);
  const schedule: Schedule | undefined = rule && {
    source: 'as the test says',
    rule,
    zone: 'UTC',
    exclusions: [],
    blackouts: [],
    startAt: undefined,
    endAt: undefined,
    runsMax: undefined,
    jitterMs: 0,
    ...draft.schedule,
  };
  return {
    id,
    namespace: 'native',
    foreignId: undefined,
    ext: {},
    state: 'active',
    stateReason: undefined,
    stateAt: now,
    version: 1,
    revision: 1,
    definition: {
      name: draft.name ?? `task ${made}`,
      description: undefined,
      schedule,
      action: {
        kind: 'command',
        program: { kind: 'argv', argv: ['true'] },
        cwd: undefined,
        env: {},
        stdin: undefined,
      },
      policies: {
        ...policies,
        ...draft.policies,
        retry: { ...policies.retry, ...draft.retry },
        catchUp: { ...policies.catchUp, ...draft.catchUp },
      },
      tags: draft.tags ?? [],
    },
    next: schedule && firstOccurrence(id, schedule, now),
    coveredUntil: now,
    runsPlanned: 0,
    origin: { principal: 'owner', client: undefined, parentRunId: undefined },
    createdAt: now,
    updatedAt: now,
  };
}
