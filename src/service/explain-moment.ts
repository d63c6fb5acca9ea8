import { runBefore } from '../domain/chain.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { whyNoOccurrence } from '../domain/schedule/explain-instant.ts';
import { occurrencesOf } from '../domain/schedule/occurrences.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import type { Run } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { sayGap } from './say-entry.ts';
import { sayRunState } from './say-run.ts';
import { sayBetween, sayInstant, sayLocal } from './say-time.ts';
import type { Explanation, ServicePorts } from './services.ts';

/** People name a minute; occurrences this far from it are meant as well. */
const AROUND_SECONDS = 60;
const ENTRIES_MAX = 20;
const RUNS_MAX = 20;
const VERSIONS_MAX = 20;
const ONE_MS = { milliseconds: 1 };

type Window = {
  readonly at: Temporal.Instant;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly zone: string;
};

/** Why something did or did not happen at a moment. */
export async function explainMoment(
  ports: ServicePorts,
  task: Task,
  at: Temporal.Instant,
  now: Temporal.Instant,
): Promise<Explanation> {
  const window: Window = {
    at,
    from: at.subtract({ seconds: AROUND_SECONDS }),
    to: at.add({ seconds: AROUND_SECONDS }),
    zone: task.definition.schedule?.zone ?? ports.settings.zone,
  };
  const entries = await ports.store.listLedger(task.id, window.from, window.to, ENTRIES_MAX);
  const asked = await askedRuns(ports, task, window);
  const told = await Promise.all(entries.map((entry) => tellEntry(ports, task, entry, window)));
  const sentences = [
    ...told.flatMap(({ sentences }) => sentences),
    ...asked.map((run) => sayAsked(run, window.zone)),
    ...(entries.length === 0 ? await tellNothing(ports, task, window, now) : []),
  ];
  const run = told.find((each) => each.run !== undefined)?.run ?? asked[0];
  return { sentences, task, run, entries };
}

type Told = { readonly sentences: readonly string[]; readonly run: Run | undefined };

async function tellEntry(
  ports: ServicePorts,
  task: Task,
  entry: LedgerEntry,
  window: Window,
): Promise<Told> {
  const { zone } = window;
  if (entry.kind === 'run') {
    const run = await ports.store.getRun(entry.runId);
    return { sentences: [sayRan(entry, run, zone)], run };
  }
  const sentence = sayGap(entry, task, zone);
  if (entry.kind !== 'skipped' || entry.reason !== 'overlap')
    return { sentences: [sentence], run: undefined };
  const behind = await runInProgressAt(ports, task, entry.to);
  return {
    sentences: behind === undefined ? [sentence] : [sentence, sayBehind(behind, zone)],
    run: undefined,
  };
}

function sayRan(
  entry: LedgerEntry & { readonly kind: 'run' },
  run: Run | undefined,
  zone: string,
): string {
  const occurrence = `The occurrence of ${sayInstant(entry.from, zone)}`;
  if (run === undefined) {
    return `${occurrence} became run ${entry.runId}, which has been removed since, as the task's retention says.`;
  }
  const late =
    run.startedAt !== undefined &&
    run.startedAt.epochMilliseconds - entry.from.epochMilliseconds > 1_000
      ? ` It started ${sayBetween(entry.from, run.startedAt)} late.`
      : '';
  return `${occurrence} became run ${run.id}, which ${sayRunState(run, zone)}.${late}`;
}

function sayBehind(run: Run, zone: string): string {
  const until =
    run.endedAt === undefined ? 'and still goes on' : `until ${sayLocal(run.endedAt, zone)}`;
  return `The run in its way was ${run.id}, in progress from ${sayLocal(run.startedAt ?? run.createdAt, zone)} ${until}.`;
}

function sayAsked(run: Run, zone: string): string {
  const before = runBefore(run);
  if (before !== undefined) {
    return `Run ${run.id} was started after run ${before} at ${sayInstant(run.createdAt, zone)} and ${sayRunState(run, zone)}.`;
  }
  return `Run ${run.id} was asked for by ${run.origin.principal} at ${sayInstant(run.createdAt, zone)} and ${sayRunState(run, zone)}.`;
}

/** Nothing is recorded for the moment: says why. */
async function tellNothing(
  ports: ServicePorts,
  task: Task,
  window: Window,
  now: Temporal.Instant,
): Promise<readonly string[]> {
  const { at, zone } = window;
  if (Temporal.Instant.compare(at, now) > 0) return tellFuture(task, window);
  if (Temporal.Instant.compare(at, task.createdAt) < 0) {
    return [
      `At ${sayInstant(at, zone)} the task did not exist yet: it was created at ${sayLocal(task.createdAt, zone)}.`,
    ];
  }
  const state = tellState(task, window);
  const changed = await tellChangedSchedule(ports, task, window);
  return [
    ...state,
    ...changed,
    ...tellSchedule(task, window, state.length > 0 || changed.length > 0),
  ];
}

function tellState(task: Task, { at, zone }: Window): readonly string[] {
  if (task.state === 'active' || Temporal.Instant.compare(at, task.stateAt) < 0) return [];
  const verb = task.state === 'paused' ? 'is paused' : 'has ended';
  const reason = task.stateReason === undefined ? '' : ` (${task.stateReason.replace(/\.$/, '')})`;
  return [
    `The task ${verb} since ${sayInstant(task.stateAt, zone)}${reason}, so it had nothing to run at ${sayLocal(at, zone)}.`,
  ];
}

async function tellChangedSchedule(
  ports: ServicePorts,
  task: Task,
  { at, zone }: Window,
): Promise<readonly string[]> {
  if (task.version === 1 || Temporal.Instant.compare(at, task.updatedAt) > 0) return [];
  const source = task.definition.schedule?.source;
  const oldest = Math.max(1, task.version - VERSIONS_MAX);
  for (let version = task.version - 1; version >= oldest; version -= 1) {
    const older = await ports.store.getDefinition(task.id, version);
    if (older === undefined || older.schedule?.source === source) continue;
    const was =
      older.schedule === undefined
        ? 'it had none'
        : `it was ${JSON.stringify(older.schedule.source)}`;
    return [
      `The schedule has been changed since the task was created: before, ${was}. The task was last changed at ${sayInstant(task.updatedAt, zone)}.`,
    ];
  }
  return [];
}

/** What the present schedule says about the window. */
function tellSchedule(task: Task, window: Window, isExplained: boolean): readonly string[] {
  const { schedule } = task.definition;
  const { zone } = window;
  if (schedule === undefined) return [sayUnscheduled(task)];
  const occurrence = occurrenceIn(schedule, window);
  if (occurrence === undefined) {
    return [whyNoOccurrence(schedule, window.from, window.to)];
  }
  if (isExplained) return [];
  const { next } = task;
  if (next !== undefined && Temporal.Instant.compare(next.scheduledFor, occurrence) <= 0) {
    return [
      next.dueAt.equals(next.scheduledFor)
        ? `The occurrence of ${sayInstant(occurrence, zone)} is due and is about to be planned.`
        : `The occurrence of ${sayInstant(occurrence, zone)} is delayed by its jitter until ${sayLocal(next.dueAt, zone)}.`,
    ];
  }
  return [
    `The schedule has an occurrence at ${sayInstant(occurrence, zone)} and nothing is recorded for it: the schedule came into force after it, or the record has been removed as the task's retention says.`,
  ];
}

function tellFuture(task: Task, window: Window): readonly string[] {
  const { schedule } = task.definition;
  const { at, zone } = window;
  const future = `${sayInstant(at, zone)} lies in the future.`;
  if (schedule === undefined) return [future, sayUnscheduled(task)];
  if (task.state !== 'active') {
    const state = task.state === 'paused' ? 'is paused' : 'has ended';
    return [future, `The task ${state}, so nothing is going to run then by itself.`];
  }
  const occurrence = occurrenceIn(schedule, window);
  if (occurrence !== undefined)
    return [future, `There is an occurrence at ${sayLocal(occurrence, zone)}.`];
  return [future, whyNoOccurrence(schedule, window.from, window.to)];
}

function sayUnscheduled({ definition }: Task): string {
  return definition.after === undefined
    ? 'The task has no schedule: it runs only when asked.'
    : 'The task has no schedule: it runs after another one, or when asked.';
}

function occurrenceIn(schedule: Schedule, { from, to }: Window): Temporal.Instant | undefined {
  const occurrence = occurrencesOf(schedule).next(from.subtract(ONE_MS));
  return occurrence !== undefined && Temporal.Instant.compare(occurrence, to) <= 0
    ? occurrence
    : undefined;
}

/** Runs of the task that somebody asked for in the window. */
async function askedRuns(ports: ServicePorts, task: Task, window: Window): Promise<readonly Run[]> {
  const page = await ports.store.listRuns(
    {
      namespace: task.namespace,
      taskId: task.id,
      states: undefined,
      trigger: undefined,
      since: window.from,
      until: window.to.add(ONE_MS),
    },
    RUNS_MAX,
    undefined,
  );
  return page.items.filter((run) => run.scheduledFor === undefined);
}

async function runInProgressAt(
  ports: ServicePorts,
  task: Task,
  at: Temporal.Instant,
): Promise<Run | undefined> {
  const page = await ports.store.listRuns(
    {
      namespace: task.namespace,
      taskId: task.id,
      states: undefined,
      trigger: undefined,
      since: undefined,
      until: at.add(ONE_MS),
    },
    RUNS_MAX,
    undefined,
  );
  return page.items.find(
    (run) => run.endedAt === undefined || Temporal.Instant.compare(run.endedAt, at) > 0,
  );
}
