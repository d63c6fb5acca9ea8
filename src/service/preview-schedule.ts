import { requireScope, type Principal } from '../domain/principal.ts';
import { receiptFor, type Receipt } from '../domain/schedule/receipt.ts';
import { readWhen } from './define-task.ts';
import type { PreviewQuery, ServicePorts } from './services.ts';

const COUNT_DEFAULT = 5;
const COUNT_MAX = 50;

/** What a schedule would mean; nothing is stored. */
export async function previewSchedule(
  ports: ServicePorts,
  principal: Principal,
  query: PreviewQuery,
): Promise<Receipt> {
  requireScope(principal, 'tasks:read');
  const now = query.after ?? ports.clock.now();
  const count = Math.min(COUNT_MAX, Math.max(1, Math.trunc(query.count ?? COUNT_DEFAULT)));
  return receiptFor(readWhen(query.when, query, ports.settings, now), now, count);
}
