import { requireScope, type Principal } from '../domain/principal.ts';
import type { Standstill } from '../ports/standstill.ts';
import { checkReason } from './check-text.ts';
import type { ServicePorts } from './services.ts';

/** Runs that are cancelled at a time. */
const RUNS_AT_ONCE = 200;

/**
 * Cancels everything in progress and lets nothing start until somebody resumes. What has not started
 * waits; what comes due meanwhile is caught up with afterwards, as its task says.
 */
export async function stopAll(
  ports: ServicePorts,
  principal: Principal,
  reason?: string,
): Promise<{ readonly standstill: Standstill; readonly cancelled: number }> {
  requireScope(principal, 'admin');
  const { store } = ports;
  const at = await store.now();
  const why = checkReason(reason);
  await store.standstill.begin({ at, by: principal.id, reason: why });
  // Nothing is taken any more, so what is in progress now is all that there is to cancel.
  let cancelled = 0;
  let cursor: string | undefined;
  do {
    const page = await store.listRuns(IN_PROGRESS, RUNS_AT_ONCE, cursor);
    for (const run of page.items) {
      await store.requestCancel(run.id, at, `Everything was stopped by ${principal.id}.`);
      cancelled += 1;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  const standstill = (await store.standstill.get()) ?? { at, by: principal.id, reason: why };
  return { standstill, cancelled };
}

const IN_PROGRESS = {
  namespace: 'all',
  taskId: undefined,
  states: ['running', 'retrying'],
  trigger: undefined,
  since: undefined,
  until: undefined,
} as const;

/** @returns whether anything was stopped. */
export async function resumeAll({ store }: ServicePorts, principal: Principal): Promise<boolean> {
  requireScope(principal, 'admin');
  return store.standstill.end(await store.now());
}
