import { isFinal, type Attempt, type Run } from '../domain/run.ts';
import type { Task, TaskDefinition } from '../domain/task.ts';
import { sayHeldPool } from './say-held-pool.ts';
import { sayAttempt, sayRunStart, sayRunState } from './say-run.ts';
import { sayInstant } from './say-time.ts';
import type { Explanation, ServicePorts } from './services.ts';

/** Attempts told one by one; of more, the last ones. */
const ATTEMPTS_TOLD_MAX = 10;

/** What started a run, how its attempts went, why it stands as it does, and what comes next. */
export async function explainRun(ports: ServicePorts, run: Run): Promise<Explanation> {
  const [attempts, task, definition] = await Promise.all([
    ports.store.listAttempts(run.id),
    ports.store.findTask({ by: 'id', id: run.taskId }),
    ports.store.getDefinition(run.taskId, run.taskVersion),
  ]);
  const zone = definition?.schedule?.zone ?? ports.settings.zone;
  const told = attempts.slice(-ATTEMPTS_TOLD_MAX);
  const left = attempts.length - told.length;
  const held = await sayHeldPool(ports, run, definition, zone);
  const sentences = [
    ...sayRunStart(run, zone),
    ...(left > 0
      ? [`The first ${left} of its ${attempts.length} attempts are not told here.`]
      : []),
    ...told.map((attempt) => sayAttempt(attempt, zone)),
    `It ${sayRunState(run, zone)}.`,
    ...held,
    ...sayRetry(run, attempts, definition),
    ...sayCancelling(run, zone),
    ...sayNext(task, zone),
  ];
  return { sentences, task, run, entries: [] };
}

/** Why there is, or is not, another attempt. */
function sayRetry(
  run: Run,
  attempts: readonly Attempt[],
  definition: TaskDefinition | undefined,
): readonly string[] {
  const begun = `${run.attempt} of ${run.attemptsMax}`;
  if (run.state === 'retrying') return [`Attempts used: ${begun}.`];
  if (run.state !== 'failed' || run.attempt === 0) return [];
  if (run.attempt >= run.attemptsMax) {
    return run.attemptsMax === 1
      ? ['It was not tried again: the task allows one attempt.']
      : [`It was not tried again: all attempts are used (${begun}).`];
  }
  if (attempts.at(-1)?.outcome === 'lost' && definition?.policies.retry.retriesLost === false) {
    return [
      'It was not tried again: nobody knows how far the lost attempt came, and the task does not allow repeating it.',
    ];
  }
  return [
    `It was not tried again (attempts used: ${begun}): the failure was of a kind that another attempt would not mend, or the deadline came first.`,
  ];
}

function sayCancelling(run: Run, zone: string): readonly string[] {
  if (run.cancelRequestedAt === undefined || isFinal(run.state)) return [];
  return [`It has been asked to end at ${sayInstant(run.cancelRequestedAt, zone)}.`];
}

function sayNext(task: Task | undefined, zone: string): readonly string[] {
  if (task === undefined) return ['Its task has been deleted since.'];
  switch (task.state) {
    case 'paused':
      return ['The task is paused, so nothing runs by itself until it is resumed.'];
    case 'ended':
      return ['The task has ended, so nothing runs by itself any more.'];
    case 'active':
      if (task.next === undefined && task.definition.after !== undefined) {
        return ['The task starts again after the next run of the task before it.'];
      }
      return task.next === undefined
        ? ['The task has no schedule and runs only when asked.']
        : [`The next occurrence is ${sayInstant(task.next.scheduledFor, zone)}.`];
  }
}
