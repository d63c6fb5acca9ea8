import { requireScope, type Principal } from '../domain/principal.ts';
import { explainMoment } from './explain-moment.ts';
import { explainNow } from './explain-now.ts';
import { explainRun } from './explain-run.ts';
import { findRun } from './find-run.ts';
import { findTask } from './find-task.ts';
import { parseMoment } from './parse-moment.ts';
import type { Explanation, ExplainQuery, ServicePorts } from './services.ts';

/** Why a run went as it went, why a task stands where it stands, or why something did or did not happen at a moment. */
export async function explain(
  ports: ServicePorts,
  principal: Principal,
  query: ExplainQuery,
): Promise<Explanation> {
  requireScope(principal, 'tasks:read');
  if ('run' in query) return explainRun(ports, await findRun(ports, principal, query.run));
  const task = await findTask(ports, principal, query.task);
  const now = await ports.store.now();
  if (query.at === undefined) return explainNow(ports, task, now);
  const zone = task.definition.schedule?.zone ?? ports.settings.zone;
  return explainMoment(ports, task, parseMoment(query.at, zone, now), now);
}
