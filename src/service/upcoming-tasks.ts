import type { Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { sees } from './find-task.ts';
import type { ServicePorts } from './services.ts';

/** Every occurrence that a schedule can have lies before this: a hundred years from now. */
const HORIZON_HOURS = 100 * 366 * 24;
/** Tasks of other namespaces that may stand before those that the principal sees. */
const CONSIDERED_MAX = 200;

/** The active tasks whose next occurrences come first, earliest first. */
export async function upcomingTasks(
  ports: ServicePorts,
  principal: Principal,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Task[]> {
  const horizon = now.add({ hours: HORIZON_HOURS });
  const considered = principal.namespace === 'all' ? limit : CONSIDERED_MAX;
  const tasks = await ports.store.listDueTasks(horizon, considered);
  return tasks.filter((task) => sees(principal, task)).slice(0, limit);
}
