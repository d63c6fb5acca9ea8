import { requireScope, type Principal } from '../domain/principal.ts';
import type { SecretListing } from '../ports/secrets.ts';
import type { ServicePorts } from './services.ts';

/** Keeps a value under a name for runs that name it. Nobody can read it back. */
export async function setSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
  value: string,
): Promise<void> {
  requireScope(principal, 'admin');
  await ports.secrets.set(name, value);
}

/** @returns `false` when there was none. */
export async function removeSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
): Promise<boolean> {
  requireScope(principal, 'admin');
  return ports.secrets.remove(name);
}

/** Names and times only. */
export async function listSecrets(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly SecretListing[]> {
  requireScope(principal, 'tasks:read');
  return ports.secrets.list();
}
