import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import type { TaskVersion } from '../ports/history.ts';
import type { Page } from '../ports/store.ts';
import { findTask } from './find-task.ts';
import { pageLimit } from './page-limit.ts';
import type {
  ListVersionsQuery,
  ServicePorts,
  TaskEdit,
  TaskRef,
  TaskWithReceipt,
} from './services.ts';
import { updateTask } from './update-task.ts';

/** What a task has said, newest first. */
export async function listVersions(
  ports: ServicePorts,
  principal: Principal,
  { task: ref, limit, cursor }: ListVersionsQuery,
): Promise<Page<TaskVersion>> {
  requireScope(principal, 'tasks:read');
  const task = await findTask(ports, principal, ref);
  const size = pageLimit(limit);
  const found = await ports.store.history.listVersions(task.id, size + 1, versionOf(cursor));
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  return { items, cursor: last === undefined ? undefined : String(last.version) };
}

function versionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Refusal(
    'invalid',
    'This is no cursor. Hand back the one that the last page came with.',
  );
}

export async function getVersion(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  version: number,
): Promise<TaskVersion> {
  requireScope(principal, 'tasks:read');
  return requireVersion(ports, await findTask(ports, principal, ref), version);
}

/**
 * Lets a task say again what it said in an older version. That is an edit like any other and makes a
 * new version; a schedule that comes back counts from now.
 */
export async function restoreVersion(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  version: number,
  revision?: number,
): Promise<TaskWithReceipt> {
  requireScope(principal, 'tasks:write');
  const { id } = await findTask(ports, principal, ref);
  return updateTask(ports, principal, id, {
    ...(await editToVersion(ports, principal, ref, version)),
    ...(revision === undefined ? {} : { revision }),
  });
}

/** The edit after which a task says again what it said in an older version. */
export async function editToVersion(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  version: number,
): Promise<TaskEdit> {
  const task = await findTask(ports, principal, ref);
  const { definition } = await requireVersion(ports, task, version);
  const { action, after } = definition;
  return {
    definition,
    action,
    after: after === undefined ? {} : { task: after.taskId, outcomes: after.outcomes },
  };
}

async function requireVersion(
  ports: ServicePorts,
  task: Task,
  version: number,
): Promise<TaskVersion> {
  const [found] = await ports.store.history.listVersions(task.id, 1, version + 1);
  if (found?.version === version) return found;
  throw new Refusal(
    'not_found',
    `The task ${JSON.stringify(task.definition.name)} has no version ${version}; its latest is ${task.version}.`,
  );
}
