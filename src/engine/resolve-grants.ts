import { secretsOf, type Action } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { withProfileSecrets } from '../domain/secrets/profile-secrets.ts';
import { refusedUse } from '../domain/secrets/secret-grants.ts';
import type { EnginePorts } from './engine-ports.ts';

/**
 * The secrets that the action of a run names. Refuses as `forbidden` one that is not granted to it: a
 * grant may have been taken away since the task was saved, and an address is certain only now.
 *
 * @param isResumed whether the run has them already, and they are asked for to be masked.
 */
export async function resolveGrants(
  ports: EnginePorts,
  run: Run,
  action: Action,
  isResumed: boolean,
): Promise<ReadonlyMap<string, string>> {
  const names = secretsOf(action);
  if (names.length === 0) return new Map();
  if (isResumed) return ports.secrets.resolve(names);
  const { taskId, taskName, namespace } = run;
  const use = { taskId, taskName, namespace, action };
  for (const secret of await ports.secrets.list()) {
    const { name } = secret;
    const why = names.includes(name) ? refusedUse(secret, use) : undefined;
    if (why !== undefined) {
      throw new Refusal('forbidden', `The secret "${name}" was not handed over, because ${why}.`);
    }
  }
  const values = await ports.secrets.resolve(names);
  await noteUse(ports, run, [...values.keys()]);
  return values;
}

/** The action with what clients of its task's profile handed over. */
export async function withKeysOfProfile(
  { secrets }: EnginePorts,
  { namespace }: Run,
  action: Action,
): Promise<Action> {
  if (namespace === 'native') return action;
  const names = (await secrets.list()).map(({ name }) => name);
  return withProfileSecrets(action, namespace, new Set(names));
}

/** For people who look after the secrets; a run does not fail over it. */
async function noteUse(ports: EnginePorts, run: Run, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { taskId, taskName, id: runId } = run;
  await ports.secrets.noteUse(names, { taskId, taskName, runId }).catch((error: unknown) => {
    ports.log.error('the use of a secret could not be noted', { run: run.id }, error);
  });
}
