import { requireScope, type Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import type { Page } from '../ports/store.ts';
import { pageLimit } from './page-limit.ts';
import type { ListTasksQuery, ServicePorts } from './services.ts';

export async function listTasks(
  ports: ServicePorts,
  principal: Principal,
  query: ListTasksQuery,
): Promise<Page<Task>> {
  requireScope(principal, 'tasks:read');
  const filter = {
    namespace: principal.namespace,
    states: query.states,
    tag: query.tag?.trim().toLowerCase(),
    text: query.text,
    kind: query.kind,
    madeBy: query.madeBy,
  };
  return ports.store.listTasks(filter, pageLimit(query.limit), query.cursor);
}
