import { isTaskId, type TaskId } from '../domain/id.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import type { Page } from '../ports/store.ts';
import { findTask } from './find-task.ts';
import { pageLimit } from './page-limit.ts';
import type { ListRunsQuery, ServicePorts, TaskRef } from './services.ts';

/** Runs, newest first. Those of a deleted task are found by its id as long as they are kept. */
export async function listRuns(
  ports: ServicePorts,
  principal: Principal,
  query: ListRunsQuery,
): Promise<Page<Run>> {
  requireScope(principal, 'tasks:read');
  const taskId = query.task === undefined ? undefined : await idOf(ports, principal, query.task);
  const filter = {
    namespace: principal.namespace,
    taskId,
    states: query.states,
    trigger: query.trigger,
    tag: query.tag,
    kind: query.kind,
    text: query.text,
    outcome: query.outcome,
    since: query.since,
    until: query.until,
  };
  return ports.store.listRuns(filter, pageLimit(query.limit), query.cursor);
}

async function idOf(ports: ServicePorts, principal: Principal, ref: TaskRef): Promise<TaskId> {
  try {
    return (await findTask(ports, principal, ref)).id;
  } catch (error) {
    // A deleted task is not found, but the store's own filter keeps foreign runs out of sight.
    if (error instanceof Refusal && error.code === 'not_found' && isTaskId(ref)) return ref;
    throw error;
  }
}
