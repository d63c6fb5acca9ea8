import { homeNamespace, originOf, requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { After } from '../domain/chain.ts';
import type { Task, TaskDefinition } from '../domain/task.ts';
import { boundByParent } from './agent-bounds.ts';
import { answerTask } from './answer-task.ts';
import { nameTaken } from './change-task.ts';
import { defineTask } from './define-task.ts';
import { requireEngine } from './engine-checks.ts';
import { idempotencyOf, keyReused } from './idempotency.ts';
import type { ServicePorts, TaskDraft, TaskWithReceipt } from './services.ts';
import { resolveAfter } from './task-chain.ts';
import { restart } from './task-schedule.ts';

/** Makes a task with its first occurrence. Repeating the request under its key answers with the same task. */
export async function createTask(
  ports: ServicePorts,
  principal: Principal,
  draft: TaskDraft,
): Promise<TaskWithReceipt> {
  requireScope(principal, 'tasks:write');
  requireEngine(ports, draft.action);
  const { idempotencyKey, ...request } = draft;
  const idempotency = await idempotencyOf(principal, 'create_task', idempotencyKey, request);
  const after = await resolveAfter(ports, principal, draft.after ?? {}, undefined);
  const drafted = newTask(ports, principal, draft, after, await ports.store.now());
  const task = await boundByParent(ports, principal, drafted);
  const inserted = await ports.store.insertTask(task, idempotency);
  switch (inserted.kind) {
    case 'inserted':
      return answerTask(ports, task, false);
    case 'repeated':
      return answerTask(ports, await madeBefore(ports, inserted.id), true);
    case 'key_reused':
      throw keyReused();
    case 'name_taken':
      throw nameTaken(task.definition.name, inserted.id);
  }
}

function newTask(
  ports: ServicePorts,
  principal: Principal,
  draft: TaskDraft,
  after: After | undefined,
  now: Temporal.Instant,
): Task {
  const namespace = homeNamespace(principal);
  const definition: TaskDefinition = {
    ...defineTask(draft, ports.settings, namespace, now),
    ...(after === undefined ? {} : { after }),
  };
  const id = ports.ids.taskId();
  const plan = restart(id, definition.schedule, now);
  const isPaused = draft.isPaused === true;
  return {
    id,
    namespace,
    foreignId: draft.foreignId,
    ext: draft.ext ?? {},
    state: isPaused ? 'paused' : 'active',
    stateReason: isPaused ? 'It was created paused.' : undefined,
    stateAt: now,
    version: 1,
    revision: 1,
    definition,
    ...plan,
    next: isPaused ? undefined : plan.next,
    origin: originOf(principal),
    createdAt: now,
    updatedAt: now,
  };
}

async function madeBefore(ports: ServicePorts, id: Task['id']): Promise<Task> {
  const task = await ports.store.findTask({ by: 'id', id });
  if (task !== undefined) return task;
  throw new Refusal(
    'conflict',
    `The task that this idempotency key made (${id}) has been deleted. Use a new key to make another.`,
  );
}
