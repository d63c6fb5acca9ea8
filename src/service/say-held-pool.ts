import { poolOf } from '../domain/budget/pool.ts';
import type { Run } from '../domain/run.ts';
import type { TaskDefinition } from '../domain/task.ts';
import { sayInstant } from './say-time.ts';
import type { ServicePorts } from './services.ts';

/** Until when a run that is to start waits because the usage window of its engine is closed. */
export async function sayHeldPool(
  ports: ServicePorts,
  run: Run | undefined,
  definition: TaskDefinition | undefined,
  zone: string,
): Promise<readonly string[]> {
  // A run that came to the limit itself says so already.
  const isToStart = run?.state === 'queued' || run?.state === 'retrying';
  const pool = definition === undefined ? undefined : poolOf(definition.action);
  if (!isToStart || pool === undefined) return [];
  const holds = await ports.store.spend.listHolds(await ports.store.now());
  const hold = holds.find((one) => one.pool === pool);
  if (hold === undefined) return [];
  return [
    `Everything that uses ${JSON.stringify(pool)} is held until ${sayInstant(hold.until, zone)}: its usage limit was reached. What waits for it starts by itself then, highest priority first.`,
  ];
}
