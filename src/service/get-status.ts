import { requireScope, type Principal } from '../domain/principal.ts';
import type { ServicePorts, Status } from './services.ts';
import { upcomingTasks } from './upcoming-tasks.ts';

export async function getStatus(ports: ServicePorts, principal: Principal): Promise<Status> {
  requireScope(principal, 'tasks:read');
  const now = await ports.store.now();
  const [counts, [next], standstill] = await Promise.all([
    ports.store.countStates(principal.namespace),
    upcomingTasks(ports, principal, now, 1),
    ports.store.standstill.get(),
  ]);
  return { daemon: ports.daemon(), counts, next, standstill, now };
}
