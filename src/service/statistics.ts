import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { occurrencesOf } from '../domain/schedule/occurrences.ts';
import { encodeSchedule } from '../domain/schedule/schedule-json.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import { zoneNamed } from '../domain/schedule/zone.ts';
import { spreadOf, tally } from '../domain/statistics.ts';
import type { Task } from '../domain/task.ts';
import type { RunMark } from '../ports/history.ts';
import { findTask, sees } from './find-task.ts';
import type {
  ServicePorts,
  TaskRef,
  TaskStatistics,
  Timeline,
  TimelineQuery,
  Upcoming,
  WeekLoad,
} from './services.ts';

/** Tasks that can be asked about at once, and the runs told of each. */
const TASKS_ASKED_MAX = 50;
const LATEST_RUNS = 20;

/** The latest runs of some tasks, newest first; of tasks that the principal does not see, none. */
export async function latestRuns(
  ports: ServicePorts,
  principal: Principal,
  refs: readonly TaskRef[],
): Promise<readonly { readonly task: Task; readonly runs: readonly RunMark[] }[]> {
  requireScope(principal, 'tasks:read');
  if (refs.length > TASKS_ASKED_MAX) {
    throw new Refusal('invalid', `At most ${TASKS_ASKED_MAX} tasks can be asked about at once.`);
  }
  const tasks: Task[] = [];
  for (const ref of refs) tasks.push(await findTask(ports, principal, ref));
  const ids = tasks.map(({ id }) => id);
  const marks = await ports.store.history.listLatest(ids, LATEST_RUNS);
  return tasks.map((task) => ({
    task,
    runs: marks.filter(({ taskId }) => taskId === task.id),
  }));
}

/** The longest stretch of a picture, in days. */
const DAYS_MAX = 35;
const MARKS_MAX = 2_000;
const UPCOMING_TASKS_MAX = 500;
/** A week of every quarter of an hour; fewer where so many tasks would take too long. */
const UPCOMING_PER_TASK_MAX = 700;
const UPCOMING_PER_TASK_MIN = 100;
const UPCOMING_COMPUTED_MAX = 50_000;
const UPCOMING_MAX = 2_000;

/** The runs that were made in a stretch, and the occurrences that are still to come in it. */
export async function timeline(
  ports: ServicePorts,
  principal: Principal,
  { from, to, task: ref }: TimelineQuery,
): Promise<Timeline> {
  requireScope(principal, 'tasks:read');
  checkStretch(from, to);
  const now = await ports.store.now();
  const task = ref === undefined ? undefined : await findTask(ports, principal, ref);
  const query = { namespace: principal.namespace, taskId: task?.id, from, to };
  const marks = await ports.store.history.listMarks(query, MARKS_MAX + 1);
  const tasks =
    task === undefined ? await ports.store.listDueTasks(to, UPCOMING_TASKS_MAX + 1) : [task];
  const seen = tasks.filter((one) => sees(principal, one));
  const after = Temporal.Instant.compare(from, now) > 0 ? from.subtract({ nanoseconds: 1 }) : now;
  const asked = seen.slice(0, UPCOMING_TASKS_MAX);
  const perTask = Math.max(
    UPCOMING_PER_TASK_MIN,
    Math.min(UPCOMING_PER_TASK_MAX, Math.floor(UPCOMING_COMPUTED_MAX / asked.length)),
  );
  const found = asked.map((one) => upcomingOf(one, after, to, perTask));
  const upcoming = found
    .flat()
    .toSorted((one, other) => Temporal.Instant.compare(one.at, other.at));
  return {
    from,
    to,
    now,
    runs: marks.slice(0, MARKS_MAX),
    upcoming: upcoming.slice(0, UPCOMING_MAX),
    isCut:
      marks.length > MARKS_MAX ||
      seen.length > UPCOMING_TASKS_MAX ||
      found.some((ofTask) => ofTask.length === perTask) ||
      upcoming.length > UPCOMING_MAX,
  };
}

function checkStretch(from: Temporal.Instant, to: Temporal.Instant): void {
  const hours = from.until(to).total('hours');
  if (hours > 0 && hours <= DAYS_MAX * 24) return;
  throw new Refusal('invalid', `"from" must be before "to", by at most ${DAYS_MAX} days.`);
}

function upcomingOf(
  task: Task,
  after: Temporal.Instant,
  to: Temporal.Instant,
  most: number,
): readonly Upcoming[] {
  const { schedule, name } = task.definition;
  if (schedule === undefined || task.state !== 'active') return [];
  const { next } = occurrencesOf(schedule);
  const left =
    schedule.runsMax === undefined ? Infinity : Math.max(0, schedule.runsMax - task.runsPlanned);
  const found: Upcoming[] = [];
  let at = next(after);
  while (at !== undefined && Temporal.Instant.compare(at, to) < 0) {
    if (found.length >= Math.min(left, most)) break;
    found.push({ taskId: task.id, taskName: name, at });
    at = next(at);
  }
  return found;
}

const LOAD_TASKS_MAX = 10_000;
/** Occurrences that are computed for one picture; a schedule that many tasks share is computed once. */
const LOAD_OCCURRENCES_MAX = 50_000;
const WEEK_HOURS = 7 * 24;
const QUARTER_MS = 15 * 60_000;

/** How many scheduled starts there are in each hour of the coming week, by weekday and hour of the zone. */
export async function weekLoad(
  ports: ServicePorts,
  principal: Principal,
  zoneName?: string,
): Promise<WeekLoad> {
  requireScope(principal, 'tasks:read');
  const zone = zoneNamed(zoneName ?? ports.settings.zone);
  const from = await ports.store.now();
  const to = from.add({ hours: WEEK_HOURS });
  const tasks = await ports.store.listDueTasks(to, LOAD_TASKS_MAX + 1);
  const counts = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const place = placesIn(zone);
  let computed = 0;
  for (const { schedule, tasks: sharing } of shared(
    tasks.filter((task) => sees(principal, task)),
  )) {
    const { next } = occurrencesOf(schedule);
    let at = next(from);
    while (at !== undefined && Temporal.Instant.compare(at, to) <= 0) {
      if (computed >= LOAD_OCCURRENCES_MAX) break;
      computed += 1;
      const { weekday, hour } = place(at);
      const day = counts[weekday];
      if (day !== undefined) day[hour] = (day[hour] ?? 0) + sharing;
      at = next(at);
    }
  }
  const isCut = tasks.length > LOAD_TASKS_MAX || computed >= LOAD_OCCURRENCES_MAX;
  return { zone, from, to, counts, isCut };
}

/** Schedules that say the same, with how many tasks have them. */
function shared(
  tasks: readonly Task[],
): readonly { readonly schedule: Schedule; readonly tasks: number }[] {
  const groups = new Map<string, { readonly schedule: Schedule; tasks: number }>();
  for (const { definition } of tasks) {
    if (definition.schedule === undefined) continue;
    const key = JSON.stringify(encodeSchedule({ ...definition.schedule, source: '' }));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { schedule: definition.schedule, tasks: 1 });
    else group.tasks += 1;
  }
  return [...groups.values()];
}

/** Weekday (0 for Monday) and hour of instants. Turning one into local time is dear, so quarters are kept. */
function placesIn(zone: string): (at: Temporal.Instant) => { weekday: number; hour: number } {
  const known = new Map<number, { weekday: number; hour: number }>();
  return (at) => {
    const quarter = Math.floor(at.epochMilliseconds / QUARTER_MS);
    const kept = known.get(quarter);
    if (kept !== undefined) return kept;
    const local = at.toZonedDateTimeISO(zone);
    const place = { weekday: local.dayOfWeek - 1, hour: local.hour };
    known.set(quarter, place);
    return place;
  };
}

/** Runs that are looked at for the statistics of a task. */
const SAMPLE_MAX = 5_000;
const STATISTICS_DAYS = 30;
const FAILURES_TOLD_MAX = 20;

/** How the runs of a task went that were made since then; its latest ones, when they are very many. */
export async function taskStatistics(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  since?: Temporal.Instant,
): Promise<TaskStatistics> {
  requireScope(principal, 'tasks:read');
  const task = await findTask(ports, principal, ref);
  const now = await ports.store.now();
  const from = since ?? now.subtract({ hours: STATISTICS_DAYS * 24 });
  const query = {
    namespace: principal.namespace,
    taskId: task.id,
    from,
    to: now.add({ hours: 1 }),
  };
  const marks = await ports.store.history.listMarks(query, SAMPLE_MAX + 1);
  const sample = marks.slice(0, SAMPLE_MAX);
  return {
    task,
    since: from,
    runs: sample.length,
    isCut: marks.length > SAMPLE_MAX,
    states: tally(sample.map(({ state }) => state)),
    failures: tally(
      sample.filter(({ state }) => state === 'failed').map(({ reason }) => reason ?? 'unknown'),
    ).slice(0, FAILURES_TOLD_MAX),
    durationMs: spreadOf(sample.flatMap(({ startedAt, endedAt }) => between(startedAt, endedAt))),
    latenessMs: spreadOf(
      sample.flatMap(({ scheduledFor, startedAt }) => between(scheduledFor, startedAt)),
    ),
  };
}

function between(
  start: Temporal.Instant | undefined,
  end: Temporal.Instant | undefined,
): readonly number[] {
  if (start === undefined || end === undefined) return [];
  return [end.epochMilliseconds - start.epochMilliseconds];
}
