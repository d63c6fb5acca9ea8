import { CHAIN_TASKS_MAX, FOLLOWERS_MAX, problemWithChain, type After } from '../domain/chain.ts';
import type { TaskId } from '../domain/id.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import type { Store } from '../ports/store.ts';
import { changeTask } from './change-task.ts';
import { findTask } from './find-task.ts';
import type { AfterDraft, ServicePorts } from './services.ts';

/**
 * The task that a draft names, as one whose runs start the task `id`. Refuses what leads back to that
 * task, or is too long. `undefined` when the draft names none.
 */
export async function resolveAfter(
  ports: ServicePorts,
  principal: Principal,
  draft: AfterDraft,
  id: TaskId | undefined,
): Promise<After | undefined> {
  if (draft.task === undefined) return noTask(draft);
  const before = await findTask(ports, principal, draft.task);
  const others = await ports.store.listFollowers(before.id);
  if (others.length >= FOLLOWERS_MAX && !others.some((task) => task.id === id)) {
    throw new Refusal(
      'invalid',
      `${FOLLOWERS_MAX} tasks start after ${nameOf(before)} already, which is the most. Start this one after one of them.`,
    );
  }
  refuseChain(before, id, await tasksAbove(ports.store, before));
  return { taskId: before.id, outcomes: [...new Set(draft.outcomes ?? ['succeeded' as const])] };
}

function noTask({ outcomes }: AfterDraft): undefined {
  if (outcomes === undefined) return undefined;
  throw new Refusal('invalid', 'There are outcomes and no task. Name the task in "after.task".');
}

function refuseChain(before: Task, id: TaskId | undefined, above: readonly TaskId[]): void {
  const problem = problemWithChain(id ?? NO_TASK, above);
  if (problem === undefined) return;
  throw new Refusal(
    'invalid',
    problem.kind === 'cycle'
      ? `${nameOf(before)} is this task or starts after it, directly or through others, so they would start each other for ever. Choose a task that comes before.`
      : `More than ${CHAIN_TASKS_MAX} tasks would start one after another. Start it after an earlier one of them.`,
  );
}

/** Of a task that is not made yet, to which nothing leads. */
const NO_TASK: TaskId = 'task_';

/** The task and those that it comes after, the nearest first. */
async function tasksAbove(store: Store, from: Task): Promise<readonly TaskId[]> {
  const above: TaskId[] = [];
  let task: Task | undefined = from;
  while (task !== undefined && above.length < CHAIN_TASKS_MAX) {
    above.push(task.id);
    const next: TaskId | undefined = task.definition.after?.taskId;
    task = next === undefined ? undefined : await store.findTask({ by: 'id', id: next });
  }
  return above;
}

const GONE_REASON = 'the task that it starts after was deleted';

/** Ends the tasks that only a deleted one would have started. */
export async function endFollowers(
  ports: ServicePorts,
  principal: Principal,
  deleted: Task,
): Promise<void> {
  for (const { id } of await ports.store.listFollowers(deleted.id)) {
    await changeTask(ports, principal, id, (task, now) =>
      task.state === 'ended' || task.definition.schedule !== undefined
        ? undefined
        : {
            task: { ...task, state: 'ended', stateReason: GONE_REASON, stateAt: now },
            change: 'task.ended',
            entries: [],
          },
    );
  }
}

/** What starts a task beside its schedule, and why nothing does; no sentence when it is no part of a chain. */
export async function sayAfter(
  ports: Pick<ServicePorts, 'store'>,
  task: Task,
): Promise<readonly string[]> {
  const { after } = task.definition;
  const before = after && (await ports.store.findTask({ by: 'id', id: after.taskId }));
  const starts = before && `It starts after runs of ${nameOf(before)} that ${sayOutcomes(after)}.`;
  return [...(starts === undefined ? [] : [starts]), ...(await chainWarnings(ports, task))];
}

/** Why a task that is part of a chain is not going to be started by it. */
export async function chainWarnings(
  { store }: Pick<ServicePorts, 'store'>,
  { id, definition: { after } }: Task,
): Promise<readonly string[]> {
  if (after === undefined) return [];
  const before = await store.findTask({ by: 'id', id: after.taskId });
  if (before === undefined) {
    return ['The task that it starts after has been deleted, so it starts after none.'];
  }
  const problem = problemWithChain(id, await tasksAbove(store, before));
  if (problem === undefined) return [];
  const why =
    problem.kind === 'cycle' ? 'the tasks lead back to it' : 'too many tasks are in a row';
  return [`No other task starts it, because ${why}.`];
}

const VERBS = { succeeded: 'succeed', failed: 'fail', any: 'end' } as const;

function sayOutcomes({ outcomes }: After): string {
  if (outcomes.includes('any')) return VERBS.any;
  return outcomes.map((outcome) => VERBS[outcome]).join(' or ');
}

function nameOf({ definition }: Task): string {
  return JSON.stringify(definition.name);
}

/** Lets the tasks go on that a deletion had ended which was taken back. */
export async function reviveFollowers(
  ports: ServicePorts,
  principal: Principal,
  undeleted: Task,
): Promise<void> {
  for (const { id } of await ports.store.listFollowers(undeleted.id)) {
    await changeTask(ports, principal, id, (task, now) =>
      task.state === 'ended' && task.stateReason === GONE_REASON
        ? {
            task: { ...task, state: 'active', stateReason: undefined, stateAt: now },
            change: 'task.resumed',
            entries: [],
          }
        : undefined,
    );
  }
}
