import { homeNamespace, requireScope, type Principal } from '../domain/principal.ts';
import { profileSecretName } from '../domain/secrets/profile-secrets.ts';
import type { ServicePorts } from './services.ts';

/**
 * Keeps variables of a client's configuration as secrets of its profile. A value that changed replaces
 * the one before; a variable that is no longer handed over, or is empty, leaves it.
 */
export async function keepProfileSecrets(
  { secrets }: ServicePorts,
  principal: Principal,
  values: ReadonlyMap<string, string>,
): Promise<void> {
  requireScope(principal, 'admin');
  const profile = homeNamespace(principal);
  const named = [...values]
    .filter(([, value]) => value !== '')
    .map(([variable, value]) => [profileSecretName(profile, variable), value] as const);
  const before = await secrets.resolve(named.map(([name]) => name));
  for (const [name, value] of named) {
    if (before.get(name) !== value) await secrets.set(name, value);
  }
}
