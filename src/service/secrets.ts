import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import {
  isHostPattern,
  narrowedGrants,
  widenedGrants,
  type SecretGrants,
} from '../domain/secrets/secret-grants.ts';
import { weakSecretWarnings } from '../domain/secrets/weak-secret.ts';
import type { SecretListing } from '../ports/secrets.ts';
import { checkCount, checkFilled, quoted } from './check-values.ts';
import type { ServicePorts } from './services.ts';
import { isWebhookSecret } from './webhooks/webhook-secrets.ts';

const NAMED_MAX = 100;
const NAMED_CHARS_MAX = 200;

/**
 * Keeps a value under a name for the runs that may use it. Nobody can read it back.
 *
 * @param grants what may use it; as before when absent, and every task for a new one.
 * @returns what a person should know about the value.
 */
export async function setSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
  value: string,
  grants?: SecretGrants,
): Promise<readonly string[]> {
  requireScope(principal, 'admin');
  requireOwnName(name);
  if (grants !== undefined) checkGrants(grants);
  await ports.secrets.set(name, value, grants);
  return weakSecretWarnings(value);
}

/** @returns `false` when there was none. */
export async function removeSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
): Promise<boolean> {
  requireScope(principal, 'admin');
  requireOwnName(name);
  return ports.secrets.remove(name);
}

/** Names, times and what may use them; never a value. */
export async function listSecrets(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly SecretListing[]> {
  requireScope(principal, 'tasks:read');
  return (await ports.secrets.list()).filter(({ name }) => !isWebhookSecret(name));
}

function requireOwnName(name: string): void {
  if (!isWebhookSecret(name)) return;
  throw new Refusal(
    'invalid',
    'Names that begin with "webhook." are those of webhooks. Choose another, or rotate the webhook.',
  );
}

/** Lets more use a secret. One that was for everything is for these alone from then on. */
export function grantSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
  more: SecretGrants,
): Promise<SecretListing> {
  return changeGrants(ports, principal, name, (grants) => widenedGrants(grants, more));
}

/** Takes grants back. The last one cannot be: a secret without any would be for everything. */
export function revokeSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
  less: SecretGrants,
): Promise<SecretListing> {
  return changeGrants(ports, principal, name, (grants) => {
    const left = narrowedGrants(grants, less);
    const lostUsers =
      grants.tasks.length + grants.servers.length > 0 &&
      left.tasks.length + left.servers.length === 0;
    const lostHosts = grants.hosts.length > 0 && left.hosts.length === 0;
    if (!lostUsers && !lostHosts) return left;
    throw new Refusal(
      'invalid',
      `Without its last ${lostUsers ? 'task or server' : 'host'} the secret ${quoted(name)} would be open to every one.`,
      'Grant it to another one first, or remove the secret.',
    );
  });
}

/** Replaces the key that the values are sealed with, or the master key that seals that one. */
export async function rotateSecrets(
  ports: ServicePorts,
  principal: Principal,
  key: 'data' | 'master',
): Promise<{ readonly resealed: number }> {
  requireScope(principal, 'admin');
  if (key === 'data') return ports.secrets.rotateDataKey();
  await ports.secrets.rotateMasterKey();
  return { resealed: 0 };
}

async function changeGrants(
  ports: ServicePorts,
  principal: Principal,
  name: string,
  change: (grants: SecretGrants) => SecretGrants,
): Promise<SecretListing> {
  requireScope(principal, 'admin');
  requireOwnName(name);
  const found = (await ports.secrets.list()).find((secret) => secret.name === name);
  if (found === undefined) throw noSecret(name);
  const grants = change(found.grants);
  checkGrants(grants);
  if (!(await ports.secrets.setGrants(name, grants))) throw noSecret(name);
  return { ...found, grants };
}

function checkGrants({ tasks, servers, hosts }: SecretGrants): void {
  checkCount('tasks, servers and hosts', tasks.length + servers.length + hosts.length, NAMED_MAX);
  for (const name of tasks) checkFilled('The name of a task', name, NAMED_CHARS_MAX);
  for (const name of servers) checkFilled('The name of a server', name, NAMED_CHARS_MAX);
  const wrong = hosts.find((host) => !isHostPattern(host));
  if (wrong === undefined) return;
  throw new Refusal(
    'invalid',
    `${quoted(wrong)} is not a host. Write one such as api.example.org, api.example.org:8443 or *.example.org.`,
  );
}

function noSecret(name: string): Refusal {
  return new Refusal('not_found', `There is no secret ${quoted(name)}.`, 'Type: carillon secrets');
}
