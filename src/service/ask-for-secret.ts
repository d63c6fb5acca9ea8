import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkSecretName } from './check-values.ts';
import type { SecretPage, ServicePorts } from './services.ts';

/** A page on which a person gives the value of a secret, once, so that nobody else handles it. */
export async function askForSecret(
  ports: ServicePorts,
  principal: Principal,
  name: string,
): Promise<SecretPage> {
  requireScope(principal, 'admin');
  checkSecretName(name);
  if (ports.secretPages === undefined) {
    throw new Refusal('unavailable', 'This process has no pages. Ask the daemon.');
  }
  return ports.secretPages.make(name);
}
