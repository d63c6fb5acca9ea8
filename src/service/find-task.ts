import { isTaskId } from '../domain/id.ts';
import type { Principal } from '../domain/principal.ts';
import { homeNamespace } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import type { TaskReference } from '../ports/store.ts';
import { nearestNames } from './nearest-names.ts';
import type { ServicePorts, TaskRef } from './services.ts';

/** Tasks looked at for a name that is unique elsewhere, or for names that are nearly the one asked for. */
const TASKS_CONSIDERED_MAX = 200;

/** The task that `ref` means to this principal. Refuses as `not_found`, naming the nearest names. */
export async function findTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
): Promise<Task> {
  for (const reference of referencesOf(ref, principal)) {
    const task = await ports.store.findTask(reference);
    if (task !== undefined && sees(principal, task)) return task;
  }
  if (principal.namespace === 'all') {
    const task = await findByNameAnywhere(ports, ref);
    if (task !== undefined) return task;
  }
  throw await notFound(ports, principal, ref);
}

/** Whether this principal may know of the task or run. */
export function sees(principal: Principal, thing: { readonly namespace: string }): boolean {
  return principal.namespace === 'all' || principal.namespace === thing.namespace;
}

/** What `ref` may mean, in order. A profile's clients know ids only, so there an id goes before a name. */
function referencesOf(ref: TaskRef, principal: Principal): readonly TaskReference[] {
  const namespace = homeNamespace(principal);
  const byName: TaskReference = { by: 'name', name: ref, namespace };
  const byForeignId: TaskReference = { by: 'foreign_id', foreignId: ref, namespace };
  return [
    ...(isTaskId(ref) ? [{ by: 'id', id: ref } as const] : []),
    ...(namespace === 'native' ? [byName, byForeignId] : [byForeignId, byName]),
  ];
}

async function findByNameAnywhere(ports: ServicePorts, ref: TaskRef): Promise<Task | undefined> {
  const filter = { namespace: 'all', states: undefined, tag: undefined, text: ref } as const;
  const page = await ports.store.listTasks(filter, TASKS_CONSIDERED_MAX, undefined);
  const [first, ...others] = page.items.filter((task) => task.definition.name === ref);
  if (first === undefined || others.length === 0) return first;
  const ids = [first, ...others].map((task) => `${task.id} (${task.namespace})`).join(', ');
  throw new Refusal(
    'conflict',
    `Several tasks are named ${JSON.stringify(ref)}: ${ids}. Use the id.`,
  );
}

async function notFound(ports: ServicePorts, principal: Principal, ref: TaskRef): Promise<Refusal> {
  const filter = {
    namespace: principal.namespace,
    states: undefined,
    tag: undefined,
    text: undefined,
  } as const;
  const page = await ports.store.listTasks(filter, TASKS_CONSIDERED_MAX, undefined);
  const near = nearestNames(
    ref,
    page.items.map((task) => task.definition.name),
  );
  const hint =
    near.length === 0
      ? 'List the tasks to see which there are.'
      : `Did you mean ${near.map((name) => JSON.stringify(name)).join(' or ')}?`;
  return new Refusal('not_found', `There is no task ${JSON.stringify(shortened(ref))}. ${hint}`);
}

const SHOWN_CHARS_MAX = 150;

function shortened(text: string): string {
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}
