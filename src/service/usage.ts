import { nextPeriod, periodStart } from '../domain/budget/period.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { zoneNamed } from '../domain/schedule/zone.ts';
import type { SpendQuery, SpendScope, SpendTotal } from '../ports/spend.ts';
import { findTask } from './find-task.ts';
import { pageLimit } from './page-limit.ts';
import type { ServicePorts, UsageQuery, UsageReport } from './services.ts';

/** The longest stretch that is added up, in days; as long as entries are kept. */
const DAYS_MAX = 400;
const QUARTERS_MAX = DAYS_MAX * 25 * 4;
/** Rows of an answer: two months of days, and as many others as a page has. */
const DAYS_LISTED_MAX = 62;
const ROWS_LISTED_MAX = 50;
/** Engines and providers of which the total is made. */
const ENGINES_MAX = 10_000;

/** What agents and models have used in a stretch of time, and what the month comes to. */
export async function usage(
  ports: ServicePorts,
  principal: Principal,
  query: UsageQuery,
): Promise<UsageReport> {
  requireScope(principal, 'tasks:read');
  const zone = zoneNamed(query.zone ?? ports.settings.zone);
  const now = await ports.store.now();
  const until = query.until ?? now;
  const since = query.since ?? periodStart('month', until, zone);
  checkStretch(since, until);
  const scope = await scopeOf(ports, principal, query);
  const limit = query.by === 'day' ? DAYS_LISTED_MAX : pageLimit(query.limit ?? ROWS_LISTED_MAX);
  const stretch = { namespace: principal.namespace, scope, since, until };
  const monthSince = periodStart('month', until, zone);
  const [rows, total, month, holds, saved] = await Promise.all([
    query.by === 'day'
      ? listDays(ports, stretch, zone)
      : ports.store.spend.listTotals({ ...stretch, by: query.by }, limit + 1),
    totalOf(ports, stretch),
    since.equals(monthSince) ? undefined : totalOf(ports, { ...stretch, since: monthSince }),
    ports.store.spend.listHolds(now),
    ports.store.spend.sumSaved(stretch),
  ]);
  return {
    since,
    until,
    by: query.by,
    rows: query.by === 'day' ? rows.slice(-limit) : rows.slice(0, limit),
    isCut: rows.length > limit,
    total,
    saved,
    month: projection((month ?? total).usd, monthSince, until, zone),
    holds,
    budget: ports.settings.budget,
  };
}

type Stretch = Omit<SpendQuery, 'by'>;

function checkStretch(since: Temporal.Instant, until: Temporal.Instant): void {
  const hours = since.until(until).total('hours');
  if (hours >= 0 && hours <= DAYS_MAX * 24) return;
  throw new Refusal(
    'invalid',
    `"since" must be before "until", by at most ${DAYS_MAX} days: what was used is kept no longer.`,
  );
}

async function scopeOf(
  ports: ServicePorts,
  principal: Principal,
  { task, tag }: UsageQuery,
): Promise<SpendScope> {
  if (task !== undefined && tag !== undefined) {
    throw new Refusal('invalid', 'Give either "task" or "tag", and not both.');
  }
  if (task !== undefined) {
    return { kind: 'task', taskId: (await findTask(ports, principal, task)).id };
  }
  return tag === undefined ? { kind: 'all' } : { kind: 'tag', tag };
}

async function totalOf(ports: ServicePorts, stretch: Stretch): Promise<SpendTotal> {
  const engines = await ports.store.spend.listTotals({ ...stretch, by: 'engine' }, ENGINES_MAX);
  return engines.reduce(plus, emptyTotal('all'));
}

/** Days of the zone, oldest first; days on which nothing was used are left out. */
async function listDays(
  ports: ServicePorts,
  stretch: Stretch,
  zone: string,
): Promise<readonly SpendTotal[]> {
  const quarters = await ports.store.spend.listTotals({ ...stretch, by: 'quarter' }, QUARTERS_MAX);
  const days = new Map<string, SpendTotal>();
  for (const quarter of quarters) {
    const at = Temporal.Instant.fromEpochMilliseconds(Number(quarter.key));
    const date = at.toZonedDateTimeISO(zone).toPlainDate().toString();
    days.set(date, plus(days.get(date) ?? emptyTotal(date), quarter));
  }
  return [...days.values()];
}

function emptyTotal(key: string): SpendTotal {
  return {
    key,
    name: undefined,
    usd: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    attempts: 0,
    unpriced: 0,
    isEstimated: false,
  };
}

function plus(sum: SpendTotal, more: SpendTotal): SpendTotal {
  return {
    ...sum,
    usd: sum.usd + more.usd,
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    attempts: sum.attempts + more.attempts,
    unpriced: sum.unpriced + more.unpriced,
    isEstimated: sum.isEstimated || more.isEstimated,
  };
}

/** The month at the pace it has had so far. */
function projection(usd: number, since: Temporal.Instant, now: Temporal.Instant, zone: string) {
  const until = nextPeriod('month', now, zone);
  const passedMs = now.epochMilliseconds - since.epochMilliseconds;
  const wholeMs = until.epochMilliseconds - since.epochMilliseconds;
  return { since, until, usd, projectedUsd: passedMs === 0 ? usd : (usd * wholeMs) / passedMs };
}
