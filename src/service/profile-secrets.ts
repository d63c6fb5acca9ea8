import { homeNamespace, requireScope, type Principal } from '../domain/principal.ts';
import { profileSecretName } from '../domain/secrets/profile-secrets.ts';
import type { ServicePorts } from './services.ts';

/**
 * Which variables of a client's configuration are to be kept, as secrets by name: those whose value is
 * another than the one that the caller's profile has. One that is empty changes nothing.
 */
export async function changedProfileSecrets(
  { secrets }: ServicePorts,
  principal: Principal,
  values: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  requireScope(principal, 'admin');
  const profile = homeNamespace(principal);
  const named = [...values]
    .filter(([, value]) => value !== '')
    .map(([variable, value]) => [profileSecretName(profile, variable), value] as const);
  const before = await secrets.resolve(named.map(([name]) => name));
  return new Map(named.filter(([name, value]) => before.get(name) !== value));
}
