import { isWider, narrowed } from '../domain/budget/narrow.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task, TaskDefinition } from '../domain/task.ts';
import type { ServicePorts } from './services.ts';

/**
 * A task that an agent run makes may use no more than the task whose run it is: it has the tighter of
 * both budgets, and the tags by which its maker is bounded.
 */
export async function boundByParent(
  ports: ServicePorts,
  principal: Principal,
  task: Task,
): Promise<Task> {
  if (principal.kind !== 'agent_run') return task;
  const parent = await parentDefinition(ports, principal);
  if (parent === undefined) {
    throw new Refusal(
      'forbidden',
      'The run that asks for this is no longer kept, so nobody knows what it may do.',
    );
  }
  const { policies, tags } = task.definition;
  const budget = narrowed(parent.policies.budget, policies.budget);
  return {
    ...task,
    definition: {
      ...task.definition,
      tags: [...new Set([...parent.tags, ...tags])],
      policies: budget === undefined ? policies : { ...policies, budget },
    },
  };
}

async function parentDefinition(
  ports: ServicePorts,
  { parentRunId }: Principal,
): Promise<TaskDefinition | undefined> {
  const run = parentRunId === undefined ? undefined : await ports.store.getRun(parentRunId);
  if (run === undefined) return undefined;
  // As it is now, since an edit counts at once; as it was, when it has been deleted.
  const task = await ports.store.findTask({ by: 'id', id: run.taskId });
  return task?.definition ?? (await ports.store.getDefinition(run.taskId, run.taskVersion));
}

/** Refuses an edit by which an agent run would widen a budget, or leave a tag that may have one. */
export function requireNoWider(
  principal: Principal,
  before: TaskDefinition,
  after: TaskDefinition,
): void {
  if (principal.kind !== 'agent_run') return;
  const leavesTag = before.tags.some((tag) => !after.tags.includes(tag));
  if (!leavesTag && !isWider(before.policies.budget, after.policies.budget)) return;
  throw new Refusal(
    'forbidden',
    'A run may not widen a budget or remove a tag, since that would raise what it may use.',
    'Ask the person to change the task.',
  );
}
