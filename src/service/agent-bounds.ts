import { isWider } from '../domain/budget/narrow.ts';
import type { Delegator } from '../domain/delegation.ts';
import type { TaskId } from '../domain/id.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task, TaskDefinition } from '../domain/task.ts';
import { canonical } from './request-hash.ts';
import type { ServicePorts, ServiceSettings } from './services.ts';

/** No schedule that an agent writes comes around more often than this, in milliseconds. */
const AGENT_INTERVAL_MS_MIN = 60_000;

/**
 * The task whose run is asking, as it is now, since an edit counts at once; absent when nobody asks
 * from inside a run. Refuses as `forbidden` a run whose task hands on nothing.
 */
export async function delegatorOf(
  { store }: ServicePorts,
  principal: Principal,
): Promise<Delegator | undefined> {
  if (principal.kind !== 'agent_run') return undefined;
  const { parentRunId } = principal;
  const run = parentRunId === undefined ? undefined : await store.getRun(parentRunId);
  const task = run && (await store.findTask({ by: 'id', id: run.taskId }));
  const action = task?.definition.action;
  const delegation = action?.kind === 'agent' ? action.delegation : undefined;
  if (task !== undefined && delegation !== undefined) return { task, delegation };
  throw new Refusal(
    'forbidden',
    'The task of this run does not let its runs make or change tasks, or it is no longer there.',
    'Ask the person to give the task a delegation.',
  );
}

/** Refuses a change of what no run of the same task has made. Everybody else may change every task. */
export function requireOffspring(delegator: Delegator | undefined, task: Task): void {
  if (delegator === undefined || isOffspring(delegator, task)) return;
  throw new Refusal(
    'forbidden',
    `A run may change, start and stop only tasks that runs of its own task have made. ${JSON.stringify(task.definition.name)} is none of them.`,
    'Ask the person to do it.',
  );
}

function isOffspring(delegator: Delegator, task: Task): boolean {
  return task.lineage?.parentTaskId === delegator.task.id;
}

/** As `requireOffspring`, for the task of a run. */
export async function requireOffspringOf(
  ports: ServicePorts,
  principal: Principal,
  id: TaskId,
): Promise<void> {
  const delegator = await delegatorOf(ports, principal);
  if (delegator === undefined) return;
  const task = await ports.store.findTask({ by: 'id', id });
  requireOffspring(delegator, task ?? delegator.task);
}

/** Refuses what only a person decides. */
export function requireNoRun(principal: Principal, what: string): void {
  if (principal.kind !== 'agent_run') return;
  throw new Refusal('forbidden', `A run may not ${what}: that is for a person to do.`);
}

/** The settings by which a schedule of this principal is read. */
export function settingsFor(principal: Principal, settings: ServiceSettings): ServiceSettings {
  if (principal.kind !== 'agent_run') return settings;
  const intervalMsMin = Math.max(settings.intervalMsMin, AGENT_INTERVAL_MS_MIN);
  return { ...settings, intervalMsMin };
}

/** Refuses an edit by a run that would widen a budget, leave a tag that may have one, or change how runs are judged. */
export function requireNoWider(before: TaskDefinition, after: TaskDefinition): void {
  requireSameContract(before, after);
  const leavesTag = before.tags.some((tag) => !after.tags.includes(tag));
  if (!leavesTag && !isWider(before.policies.budget, after.policies.budget)) return;
  throw new Refusal(
    'forbidden',
    'A run may not widen a budget or remove a tag, since that would raise what it may use.',
    'Ask the person to change the task.',
  );
}

/** What a run must have done to succeed is not for runs to decide. */
function requireSameContract(before: TaskDefinition, after: TaskDefinition): void {
  const contractOf = ({ policies: { success, ask } }: TaskDefinition): string =>
    canonical([success, ask]);
  if (contractOf(before) === contractOf(after)) return;
  throw new Refusal(
    'forbidden',
    'A run may not change what a task must have done to succeed, or how long a person is waited for.',
    'Ask the person to change the task.',
  );
}
