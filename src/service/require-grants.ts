import { secretsOf, type Action } from '../domain/action.ts';
import { requestOf } from '../domain/gates/gate.ts';
import { Refusal } from '../domain/refusal.ts';
import { refusedUse } from '../domain/secrets/secret-grants.ts';
import type { Task } from '../domain/task.ts';
import type { SecretListing } from '../ports/secrets.ts';
import { quoted } from './check-values.ts';

/** Refuses a task that names a secret which it may not use. One that is not set yet is only warned of. */
export function requireGrants(secrets: readonly SecretListing[], task: Task): void {
  const { action, name: taskName, policies } = task.definition;
  const requests = (policies.gates?.gates ?? []).flatMap((gate) => requestOf(gate) ?? []);
  for (const used of [action, ...requests]) requireGrantsFor(secrets, task, taskName, used);
}

function requireGrantsFor(
  secrets: readonly SecretListing[],
  { id: taskId, namespace }: Task,
  taskName: string,
  action: Action,
): void {
  const names = secretsOf(action);
  for (const secret of secrets) {
    const { name } = secret;
    if (!names.includes(name)) continue;
    const why = refusedUse(secret, { taskId, taskName, namespace, action });
    if (why === undefined) continue;
    throw new Refusal(
      'forbidden',
      `The task ${quoted(taskName)} may not use the secret ${quoted(name)}, because ${why}.`,
      'A person can widen that: carillon secrets grant NAME --for-task TASK, or --for-host HOST.',
    );
  }
}
