import type { RunId, TaskId } from '../domain/id.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { BulkChange, BulkResult, ServicePorts, Services, TaskRef } from './services.ts';

/** Tasks that one request changes. */
const TASKS_MAX = 200;
const PAGE = 100;

/** What is done to each, under the same policy as when it is asked for alone. */
type BulkVerbs = Pick<Services, 'pauseTask' | 'resumeTask' | 'deleteTask' | 'runTask'>;

/** Does the same to several tasks, one after the other. What is refused of one does not keep the others. */
export async function changeTasks(
  ports: ServicePorts,
  principal: Principal,
  change: BulkChange,
  verbs: BulkVerbs,
): Promise<readonly BulkResult[]> {
  requireScope(principal, change.verb === 'run' ? 'tasks:run' : 'tasks:write');
  const results: BulkResult[] = [];
  for (const task of await chosen(ports, principal, change)) {
    results.push(await changeOne(verbs, change, task));
  }
  return results;
}

async function chosen(
  ports: ServicePorts,
  principal: Principal,
  { tasks, filter }: BulkChange,
): Promise<readonly TaskRef[]> {
  if ((tasks === undefined) === (filter === undefined)) {
    throw new Refusal('invalid', 'Give either "tasks" or "filter", and not both.');
  }
  if (tasks !== undefined) return [...new Set(tasks)].slice(0, TASKS_MAX);
  requireScope(principal, 'tasks:read');
  const wanted = {
    namespace: principal.namespace,
    states: filter?.states,
    tag: filter?.tag,
    text: filter?.text,
    kind: filter?.kind,
    madeBy: filter?.madeBy,
  };
  const ids: TaskId[] = [];
  let cursor: string | undefined;
  do {
    const page = await ports.store.listTasks(wanted, PAGE, cursor);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined && ids.length <= TASKS_MAX);
  if (ids.length <= TASKS_MAX) return ids;
  throw new Refusal(
    'invalid',
    `The filter means more than ${TASKS_MAX} tasks, which is the most for one request. Narrow it.`,
  );
}

async function changeOne(
  verbs: BulkVerbs,
  { verb, reason }: BulkChange,
  task: TaskRef,
): Promise<BulkResult> {
  try {
    return { task, refusal: undefined, run: await carryOut(verbs, verb, task, reason) };
  } catch (error) {
    if (error instanceof Refusal) return { task, refusal: error, run: undefined };
    throw error;
  }
}

async function carryOut(
  verbs: BulkVerbs,
  verb: BulkChange['verb'],
  task: TaskRef,
  reason: string | undefined,
): Promise<RunId | undefined> {
  switch (verb) {
    case 'pause':
      await verbs.pauseTask(task, reason);
      return undefined;
    case 'resume':
      await verbs.resumeTask(task);
      return undefined;
    case 'delete':
      await verbs.deleteTask(task);
      return undefined;
    case 'run':
      return (await verbs.runTask({ task })).id;
  }
}
