import { afterAttempt } from '../../src/domain/attempt.ts';
import type { CommandAction } from '../../src/domain/action.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { planDue } from '../../src/domain/plan-due.ts';
import { owner, type Principal } from '../../src/domain/principal.ts';
import type { Claim } from '../../src/domain/run.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { OutputStore } from '../../src/ports/output.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { Store } from '../../src/ports/store.ts';
import { servicesFor } from '../../src/service/services-for.ts';
import type { ServicePorts, Services, TaskDraft } from '../../src/service/services.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer, type RecordingAnnouncer } from '../support/announcer.ts';
import { seededIds } from '../support/ids.ts';
import { memoryOutput } from '../support/memory-output.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { quietLog } from '../support/quiet-log.ts';
import { succeeded } from '../support/scripted-executor.ts';
import { setClock, type SetClock } from '../support/set-clock.ts';

const TASKS_MAX = 1_000;
const LEASE_SECONDS = 60;

/** The services over a real store in memory, and the little of an engine that moves runs on. */
export type Bench = {
  readonly clock: SetClock;
  readonly store: Store;
  readonly ids: Ids;
  readonly announcer: RecordingAnnouncer;
  readonly output: OutputStore;
  readonly secrets: Secrets;
  readonly ports: ServicePorts;
  /** Acts for the owner. */
  readonly services: Services;
  as(principal: Principal): Services;
  /** Plans everything that is due, as the engine's pass does. */
  plan(): Promise<void>;
  /** Claims the runs that are ready. */
  take(limit?: number): Promise<readonly Claim[]>;
  finish(claim: Claim, outcome?: Outcome): Promise<boolean>;
  close(): Promise<void>;
};

export async function openBench(
  start = '2026-11-02T08:00:00Z',
  changes: Partial<ServicePorts> = {},
): Promise<Bench> {
  const clock = setClock(start);
  const announcer = recordingAnnouncer();
  const log = quietLog();
  const store = await openSqliteStore({ file: ':memory:', clock, announcer, log });
  const ids = seededIds(7, clock);
  const output = memoryOutput();
  const secrets = memorySecrets(clock);
  const ports: ServicePorts = {
    store,
    output,
    secrets,
    announcer,
    clock,
    ids,
    log,
    settings: { zone: 'Europe/Berlin', intervalMsMin: 1_000, home: '/home/ada' },
    daemon: () => ({
      version: '0.1.0',
      pid: 1,
      startedAt: Temporal.Instant.from(start),
      dataFolder: '/var/lib/carillon',
      address: undefined,
      profile: 'laptop',
      nodeVersion: '24.21.0',
      tzdataVersion: '2026c',
      alarms: [],
    }),
    ...changes,
  };
  const as = servicesFor(ports);
  return {
    clock,
    store,
    ids,
    announcer,
    output,
    secrets,
    ports,
    as,
    services: as(owner('test 1.0')),
    plan: async () => {
      const now = clock.now();
      for (const task of await store.listDueTasks(now, TASKS_MAX)) {
        const plan = planDue(task, now);
        await store.applyPlans([{ task, plan, runIds: plan.runs.map(() => ids.runId()) }], now);
      }
    },
    take: (limit = 100) =>
      store.takeRuns({
        owner: 'worker',
        leaseUntil: clock.now().add({ seconds: LEASE_SECONDS }),
        now: clock.now(),
        limit,
        tagLimits: new Map(),
      }),
    finish: async (claim, outcome = succeeded()) => {
      const { run } = claim;
      const definition = await store.getDefinition(run.taskId, run.taskVersion);
      if (definition === undefined) throw new Error('The run has no definition.');
      const { retry } = definition.policies;
      const now = clock.now();
      const transition = afterAttempt(outcome, run.attempt, retry, now, 0, run.deadlineAt);
      return store.finishAttempt(claim, outcome, transition, now);
    },
    close: () => store.close(),
  };
}

export const ECHO: CommandAction = {
  kind: 'command',
  program: { kind: 'argv', argv: ['echo', 'hello'] },
  cwd: undefined,
  env: {},
  stdin: undefined,
};

/** A draft of an hourly task. */
export function draft(changes: Partial<TaskDraft> = {}): TaskDraft {
  return { name: 'backup', when: { cron: '0 * * * *' }, action: ECHO, ...changes };
}
