import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkName, NAME_CHARS_MAX } from './check-text.ts';
import { createTask } from './create-task.ts';
import { findTask } from './find-task.ts';
import type { ServicePorts, TaskDraft, TaskRef, TaskWithReceipt } from './services.ts';

/** Copies that may stand beside a task before their next one needs a name of its own. */
const COPIES_MAX = 50;

/** Makes a task that says the same under another name. It begins paused: else everything would run twice. */
export async function duplicateTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  name?: string,
): Promise<TaskWithReceipt> {
  requireScope(principal, 'tasks:write');
  const { definition, namespace } = await findTask(ports, principal, ref);
  const { name: taken, description, schedule, action, policies, tags, after } = definition;
  const { deadlineMs, concurrency, ...bounds } = policies;
  const draft: TaskDraft = {
    name: name === undefined ? await freeName(ports, namespace, taken) : checkName(name),
    ...(description === undefined ? {} : { description }),
    ...(schedule === undefined ? {} : { schedule }),
    action,
    policies: {
      ...bounds,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(concurrency === undefined ? {} : { concurrency }),
    },
    tags,
    ...(after === undefined ? {} : { after: { task: after.taskId, outcomes: after.outcomes } }),
    isPaused: true,
  };
  return createTask(ports, principal, draft);
}

async function freeName(ports: ServicePorts, namespace: string, name: string): Promise<string> {
  for (let copy = 1; copy <= COPIES_MAX; copy += 1) {
    const ending = copy === 1 ? ' copy' : ` copy ${copy}`;
    const chosen = `${name.slice(0, NAME_CHARS_MAX - ending.length)}${ending}`;
    const holder = await ports.store.findTask({ by: 'name', name: chosen, namespace });
    if (holder === undefined) return chosen;
  }
  throw new Refusal(
    'conflict',
    `There are ${COPIES_MAX} copies of ${JSON.stringify(name)} already. Give the next one a name.`,
  );
}
