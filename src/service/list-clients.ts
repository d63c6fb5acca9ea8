import { requireScope, type Principal } from '../domain/principal.ts';
import type { SeenClientListing } from '../ports/seen-clients.ts';
import type { ServicePorts } from './services.ts';

/** The programs that have called over MCP, the one that called last first. */
export async function listClients(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly SeenClientListing[]> {
  requireScope(principal, 'tasks:read');
  return ports.store.seenClients.list();
}
