import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ServicePorts } from './services.ts';

/** A link for the person of the daemon. Only who is that person already may have one: it signs in a human. */
export async function makeSignInLink(ports: ServicePorts, principal: Principal): Promise<string> {
  requireScope(principal, 'admin');
  if (principal.kind !== 'owner' && principal.kind !== 'person') {
    throw new Refusal(
      'forbidden',
      'Programs cannot make a link that signs a person in.',
      'On the machine of the daemon, type: carillon open',
    );
  }
  if (ports.signInLinks === undefined) {
    throw new Refusal('unavailable', 'This process has no sign-in. Ask the daemon.');
  }
  return ports.signInLinks.make();
}
