import type { LedgerEntry } from '../domain/ledger.ts';
import type { Run } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { sayGap } from './say-entry.ts';
import { sayHeldPool } from './say-held-pool.ts';
import { sayRunState } from './say-run.ts';
import { sayAfter } from './task-chain.ts';
import { sayBetween, sayInstant } from './say-time.ts';
import type { Explanation, ServicePorts } from './services.ts';

/** How far back gaps are looked for. */
const GAPS_DAYS = 7;
/** Ledger entries read; runs among them are passed over. */
const ENTRIES_MAX = 500;
const GAPS_TOLD_MAX = 5;

/** Where a task stands: its state, its next occurrence, its last run and what did not run lately. */
export async function explainNow(
  ports: ServicePorts,
  task: Task,
  now: Temporal.Instant,
): Promise<Explanation> {
  const zone = task.definition.schedule?.zone ?? ports.settings.zone;
  const since = now.subtract({ hours: GAPS_DAYS * 24 });
  const [lastRun, ledger] = await Promise.all([
    lastRunOf(ports, task),
    ports.store.listLedger(task.id, since, now, ENTRIES_MAX),
  ]);
  const gaps = ledger.filter((entry) => entry.kind !== 'run').slice(-GAPS_TOLD_MAX);
  const held = await sayHeldPool(ports, lastRun, task.definition, zone);
  const sentences = [
    sayState(task, zone),
    ...sayNext(task, now, zone),
    ...(await sayAfter(ports, task)),
    sayLastRun(lastRun, zone),
    ...held,
    ...gaps.map((entry) => sayGap(entry, task, zone)),
    ...(gaps.length === 0 ? [`Nothing was skipped or missed in the last ${GAPS_DAYS} days.`] : []),
  ];
  return { sentences, task, run: lastRun, entries: gaps satisfies readonly LedgerEntry[] };
}

async function lastRunOf(ports: ServicePorts, task: Task): Promise<Run | undefined> {
  const page = await ports.store.listRuns(
    {
      namespace: task.namespace,
      taskId: task.id,
      states: undefined,
      trigger: undefined,
      since: undefined,
      until: undefined,
    },
    1,
    undefined,
  );
  return page.items[0];
}

function sayState(task: Task, zone: string): string {
  const name = JSON.stringify(task.definition.name);
  const since = sayInstant(task.stateAt, zone);
  const reason = task.stateReason === undefined ? '' : ` (${task.stateReason.replace(/\.$/, '')})`;
  switch (task.state) {
    case 'active':
      return `${name} is active.`;
    case 'paused':
      return `${name} is paused since ${since}${reason}: nothing runs by itself until it is resumed.`;
    case 'ended':
      return `${name} has ended on ${since}${reason}: nothing runs by itself any more.`;
  }
}

function sayNext(task: Task, now: Temporal.Instant, zone: string): readonly string[] {
  if (task.state !== 'active') return [];
  if (task.next === undefined && task.definition.after !== undefined) return [];
  if (task.next === undefined) return ['It has no schedule and runs only when asked.'];
  const { scheduledFor, dueAt } = task.next;
  const distance =
    Temporal.Instant.compare(scheduledFor, now) > 0
      ? `in ${sayBetween(now, scheduledFor)}`
      : `due since ${sayBetween(scheduledFor, now)}`;
  const jitter = dueAt.equals(scheduledFor)
    ? ''
    : ` Jitter starts it ${sayBetween(scheduledFor, dueAt)} after that.`;
  return [`Its next occurrence is ${sayInstant(scheduledFor, zone)}, ${distance}.${jitter}`];
}

function sayLastRun(run: Run | undefined, zone: string): string {
  if (run === undefined) return 'It has no runs that are kept.';
  const at = run.scheduledFor ?? run.createdAt;
  return `Its last run, ${run.id} for ${sayInstant(at, zone)}, ${sayRunState(run, zone)}.`;
}
