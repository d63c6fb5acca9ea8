import { requireScope, type Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import type { ServicePorts } from './services.ts';

/** The most tasks that are carried from one daemon to another. */
const TASKS_MAX = 10_000;
const PAGE = 200;

/** Every task that the principal sees, for carrying them elsewhere. */
export async function allTasks(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly Task[]> {
  requireScope(principal, 'admin');
  return tasksSeenBy(ports, principal);
}

/** Page after page of them, up to TASKS_MAX. */
export async function tasksSeenBy(
  ports: ServicePorts,
  { namespace }: Principal,
): Promise<readonly Task[]> {
  const filter = { namespace, states: undefined, tag: undefined, text: undefined };
  const tasks: Task[] = [];
  let cursor: string | undefined;
  do {
    const page = await ports.store.listTasks(filter, PAGE, cursor);
    tasks.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== undefined && tasks.length < TASKS_MAX);
  return tasks;
}
