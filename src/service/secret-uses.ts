import { secretsOf } from '../domain/action.ts';
import { requestOf } from '../domain/gates/gate.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { tasksSeenBy } from './all-tasks.ts';
import { listSecrets } from './secrets.ts';
import type { ServicePorts } from './services.ts';

/** A name of a secret that tasks hold, whether or not there is such a secret. */
export type SecretUses = {
  readonly name: string;
  readonly isSet: boolean;
  readonly tasks: readonly Task[];
};

/** Which tasks name which secrets, by the name; the bound is that of all tasks. */
export async function listSecretUses(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly SecretUses[]> {
  requireScope(principal, 'tasks:read');
  const known = new Set((await listSecrets(ports, principal)).map(({ name }) => name));
  const uses = new Map<string, Task[]>();
  for (const task of await tasksSeenBy(ports, principal)) {
    for (const name of namedBy(task)) uses.set(name, [...(uses.get(name) ?? []), task]);
  }
  return [...uses]
    .map(([name, tasks]) => ({ name, isSet: known.has(name), tasks }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function namedBy({ definition: { action, policies } }: Task): ReadonlySet<string> {
  const requests = (policies.gates?.gates ?? []).flatMap((gate) => requestOf(gate) ?? []);
  return new Set([action, ...requests].flatMap(secretsOf));
}
