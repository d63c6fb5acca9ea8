import type { RunId } from '../domain/id.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { findRun } from './find-run.ts';
import type { RunDetail, ServicePorts } from './services.ts';

export async function getRun(
  ports: ServicePorts,
  principal: Principal,
  id: RunId,
): Promise<RunDetail> {
  requireScope(principal, 'tasks:read');
  const run = await findRun(ports, principal, id);
  return {
    run,
    attempts: await ports.store.listAttempts(run.id),
    soFar: ports.liveWork?.of(run.id),
  };
}
