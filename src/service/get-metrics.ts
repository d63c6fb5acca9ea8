import { requireScope, type Principal } from '../domain/principal.ts';
import { getStatus } from './get-status.ts';
import type { DaemonMetrics, ServicePorts } from './services.ts';
import { usage } from './usage.ts';

const ENDED_HOURS = 1;
const LATENESS_MINUTES = 5;
const STARTS_MAX = 1_000;

/** What a program that watches the daemon wants to know, as often as every few seconds. */
export async function getMetrics(
  ports: ServicePorts,
  principal: Principal,
): Promise<DaemonMetrics> {
  requireScope(principal, 'tasks:read');
  const now = await ports.store.now();
  const { namespace } = principal;
  const recent = {
    namespace,
    taskId: undefined,
    from: now.subtract({ minutes: LATENESS_MINUTES }),
  };
  const [status, ended, marks, spend] = await Promise.all([
    getStatus(ports, principal),
    ports.store.history.countOutcomes(namespace, now.subtract({ hours: ENDED_HOURS })),
    ports.store.history.listMarks({ ...recent, to: now.add({ seconds: 1 }) }, STARTS_MAX),
    usage(ports, principal, { by: 'engine' }),
  ]);
  return {
    status,
    ended: ended.map(({ outcome, count }) => ({ outcome: outcome ?? 'none', count })),
    latenessMs: marks.flatMap(({ scheduledFor, startedAt }) =>
      scheduledFor === undefined || startedAt === undefined
        ? []
        : [startedAt.epochMilliseconds - scheduledFor.epochMilliseconds],
    ),
    spend,
  };
}
