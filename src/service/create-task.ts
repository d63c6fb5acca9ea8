import { secretsOf } from '../domain/action.ts';
import {
  boundedBy,
  delegatedBy,
  lineageUnder,
  type Delegator,
  type Lineage,
} from '../domain/delegation.ts';
import { homeNamespace, originOf, requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { After } from '../domain/chain.ts';
import type { Task, TaskDefinition } from '../domain/task.ts';
import { delegatorOf, settingsFor } from './agent-bounds.ts';
import { answerTask } from './answer-task.ts';
import { nameTaken } from './change-task.ts';
import { defineTask } from './define-task.ts';
import { requireEngine } from './engine-checks.ts';
import { idempotencyOf, keyReused } from './idempotency.ts';
import { requireGrants } from './require-grants.ts';
import type { ServicePorts, TaskDraft, TaskWithReceipt } from './services.ts';
import { resolveAfter } from './task-chain.ts';
import { restart } from './task-schedule.ts';

/** Makes a task with its first occurrence. Repeating the request under its key answers with the same task. */
export async function createTask(
  ports: ServicePorts,
  principal: Principal,
  draft: TaskDraft,
): Promise<TaskWithReceipt> {
  const { idempotencyKey, ...request } = draft;
  const idempotency = await idempotencyOf(principal, 'create_task', idempotencyKey, request);
  const { task, delegator } = await prepareTask(ports, principal, draft);
  const inserted = await ports.store.insertTask(task, idempotency, delegator?.delegation);
  switch (inserted.kind) {
    case 'inserted':
      return answerTask(ports, task, false);
    case 'repeated':
      return answerTask(ports, await madeBefore(ports, inserted.id), true);
    case 'key_reused':
      throw keyReused();
    case 'name_taken':
      throw nameTaken(task.definition.name, inserted.id);
    case 'too_many':
      throw tooMany(inserted.which, inserted.limit);
  }
}

/** The task that a draft makes now. Refuses what may not be made; nothing is written. */
export async function prepareTask(
  ports: ServicePorts,
  principal: Principal,
  draft: TaskDraft,
): Promise<{ readonly task: Task; readonly delegator: Delegator | undefined }> {
  requireScope(principal, 'tasks:write');
  requireEngine(ports, draft.action);
  const after = await resolveAfter(ports, principal, draft.after ?? {}, undefined);
  const delegator = await delegatorOf(ports, principal);
  const now = await ports.store.now();
  const definition = defineFor(ports, principal, draft, after, now);
  const task = newTask(ports, principal, draft, underDelegator(delegator, definition, now), now);
  if (secretsOf(task.definition.action).length > 0) {
    requireGrants(await ports.secrets.list(), task);
  }
  return { task, delegator };
}

function defineFor(
  ports: ServicePorts,
  principal: Principal,
  draft: TaskDraft,
  after: After | undefined,
  now: Temporal.Instant,
): TaskDefinition {
  const settings = settingsFor(principal, ports.settings);
  const granted = { ...draft, action: delegatedBy(principal, draft.action) };
  return {
    ...defineTask(granted, settings, homeNamespace(principal), now),
    ...(after === undefined ? {} : { after }),
  };
}

type Bounded = { readonly definition: TaskDefinition; readonly lineage: Lineage | undefined };

/** A task as it is before it was ever stored. */
export function newTask(
  ports: ServicePorts,
  principal: Principal,
  draft: TaskDraft,
  { definition, lineage }: Bounded,
  now: Temporal.Instant,
): Task {
  const namespace = homeNamespace(principal);
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
    ...(lineage === undefined ? {} : { lineage }),
    createdAt: now,
    updatedAt: now,
  };
}

function underDelegator(
  delegator: Delegator | undefined,
  definition: TaskDefinition,
  now: Temporal.Instant,
): Bounded {
  if (delegator === undefined) return { definition, lineage: undefined };
  const lineage = lineageUnder(delegator, now);
  return { definition: boundedBy(delegator, lineage, definition), lineage };
}

async function madeBefore(ports: ServicePorts, id: Task['id']): Promise<Task> {
  const task = await ports.store.findTask({ by: 'id', id });
  if (task !== undefined) return task;
  throw new Refusal(
    'conflict',
    `The task that this idempotency key made (${id}) has been deleted. Use a new key to make another.`,
  );
}

function tooMany(which: 'of_run' | 'alive', limit: number): Refusal {
  return which === 'of_run'
    ? new Refusal(
        'forbidden',
        `This run has made ${limit} tasks, and may make no more.`,
        'Change one of them, or put what is to be done into the answer of the run.',
      )
    : new Refusal(
        'forbidden',
        `The runs of this task have made ${limit} tasks that have not ended, and may make no more.`,
        'Delete one that is no longer needed.',
      );
}
