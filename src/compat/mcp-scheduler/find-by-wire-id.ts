import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';

/** `task_` and 12 lower-case hex digits. */
const WIRE_ID = /^task_[0-9a-f]{12}$/;

export function newWireId(): string {
  return `task_${crypto.randomUUID().slice(-12)}`;
}

/** The task with this id of the older system; `undefined`, as its tools answer, when there is none. */
export async function findByWireId(services: Services, id: string): Promise<Task | undefined> {
  if (!WIRE_ID.test(id)) return undefined;
  const detail = await orNothing(() => services.getTask(id));
  // The services also take names, and a name may look like an id.
  return detail?.task.foreignId === id ? detail.task : undefined;
}

/** What was asked for, or `undefined` when it is not there (any more). */
export async function orNothing<Found>(ask: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return undefined;
    throw error;
  }
}
