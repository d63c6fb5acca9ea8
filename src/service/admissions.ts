import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Admissions, Connection, SignedIn } from '../ports/access.ts';
import type { ServicePorts } from './services.ts';

/** The programs that a person has let in by OAuth, newest first. */
export async function listConnections(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly Connection[]> {
  return admissionsFor(ports, principal).listConnections();
}

/** The program is turned away from now on, with every token that it got. */
export async function revokeConnection(
  ports: ServicePorts,
  principal: Principal,
  id: string,
): Promise<Connection> {
  const revoked = await admissionsFor(ports, principal).revokeConnection(id);
  if (revoked !== undefined) return revoked;
  throw new Refusal(
    'not_found',
    'There is no such connection that could be revoked.',
    'GET /api/v1/connections tells those there are.',
  );
}

/** In how many browsers a person is signed in, and whether there is a password. */
export async function readSessions(
  ports: ServicePorts,
  principal: Principal,
): Promise<SessionAccount> {
  const signedIn = await admissionsFor(ports, principal).readSessions();
  return { ...signedIn, wantsSignIn: ports.settings.wantsSignIn ?? true };
}

/** Where nobody has to sign in, everybody who reaches the port is the owner. */
export type SessionAccount = SignedIn & { readonly wantsSignIn: boolean };

/** Ends every session and every link that was not used. @returns how many sessions there were. */
export async function signOutEverybody(ports: ServicePorts, principal: Principal): Promise<number> {
  return admissionsFor(ports, principal).signOutEverybody();
}

function admissionsFor(ports: ServicePorts, principal: Principal): Admissions {
  requireScope(principal, 'admin');
  if (ports.admissions === undefined) {
    throw new Refusal('unavailable', 'This process lets nobody in. Ask the daemon.');
  }
  return ports.admissions;
}
