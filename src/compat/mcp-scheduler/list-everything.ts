import type { Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Page } from '../../ports/store.ts';
import type { Services } from '../../service/services.ts';

const PAGE_ITEMS = 50;
/** The older system's lists have no pages; one answer with more tasks would fit no client. */
const TASKS_MAX = 1_000;
const EXECUTIONS_MAX = 200;

/** Every task, oldest first. */
export async function allTasks(services: Services): Promise<readonly Task[]> {
  const list = (cursor: string | undefined): Promise<Page<Task>> =>
    services.listTasks({ limit: PAGE_ITEMS, ...(cursor === undefined ? {} : { cursor }) });
  return (await gather(list, TASKS_MAX)).reverse();
}

/** The latest runs of a task that have begun, newest first. */
export async function latestRuns(
  services: Services,
  task: Task,
  count: number,
): Promise<readonly Run[]> {
  const wanted = Math.min(EXECUTIONS_MAX, Math.max(0, count));
  if (wanted === 0) return [];
  const list = (cursor: string | undefined): Promise<Page<Run>> =>
    services.listRuns({
      task: task.id,
      // Some of the newest may still wait for a worker.
      limit: Math.min(PAGE_ITEMS, wanted + WAITING_USUAL),
      ...(cursor === undefined ? {} : { cursor }),
    });
  return gather(list, wanted, (run) => run.startedAt !== undefined);
}

const WAITING_USUAL = 2;
const PAGES_MAX = 50;

async function gather<Item>(
  list: (cursor: string | undefined) => Promise<Page<Item>>,
  max: number,
  isWanted: (item: Item) => boolean = () => true,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX && items.length < max; pages += 1) {
    const page = await list(cursor);
    items.push(...page.items.filter(isWanted));
    ({ cursor } = page);
    if (cursor === undefined) break;
  }
  return items.slice(0, max);
}
