const HOUR_MS = 3_600_000;

export type Asking = { readonly origin: string; readonly token: string };

/** One GET; fails unless it is answered well. */
export async function ask<Answer>({ origin, token }: Asking, path: string): Promise<Answer> {
  const response = await fetch(`${origin}${path.startsWith('/m') ? '' : '/api/v1'}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return (path.startsWith('/m') ? text : JSON.parse(text)) as Answer;
}

type Named = { readonly id: string };
type TaskPage = { readonly tasks: readonly Named[]; readonly next_cursor: string };
type RunPage = { readonly runs: readonly Named[]; readonly next_cursor: string };

/** Every request of a screen. The first task is the one with the most runs. */
export async function dashboardPaths(asking: Asking, now: number): Promise<readonly string[]> {
  const about = <Answer>(path: string) => ask<Answer>(asking, path);
  const page = await about<TaskPage>('/tasks?limit=50');
  const busy = await about<TaskPage>('/tasks?text=template');
  const runPage = await about<RunPage>('/runs?limit=50');
  const task = busy.tasks[0]?.id ?? '';
  const run = runPage.runs[0]?.id ?? '';
  const at = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString();
  const ids = page.tasks.map(({ id }) => id).join(',');
  return [
    '/status',
    `/happenings?since=24h&limit=50`,
    '/inbox?limit=50',
    '/inbox?states=done&limit=50',
    '/inbox?states=snoozed&limit=50',
    '/approvals?limit=50',
    '/engines',
    '/channels',
    '/secrets',
    '/keys',
    '/webhooks?limit=50',
    '/tasks?limit=50',
    `/tasks?limit=50&cursor=${page.next_cursor}`,
    '/tasks?limit=50&state=paused',
    '/tasks?limit=50&tag=nightly',
    '/tasks?limit=50&tag=rare',
    '/tasks?limit=50&text=copy%209999',
    '/tasks?limit=50&text=nothing%20says%20this',
    `/tasks/${task}`,
    `/tasks/${task}/versions`,
    `/tasks/${task}/statistics`,
    `/tasks/${task}/statistics?since=720h`,
    `/statistics/latest-runs?tasks=${ids}`,
    `/statistics/timeline?from=${at(now - 24 * HOUR_MS)}&to=${at(now + 24 * HOUR_MS)}`,
    `/statistics/timeline?from=${at(now - 168 * HOUR_MS)}&to=${at(now + 168 * HOUR_MS)}`,
    `/statistics/timeline?from=${at(now - 168 * HOUR_MS)}&to=${at(now + 24 * HOUR_MS)}&task=${task}`,
    '/statistics/load?timezone=Europe/Berlin',
    '/runs?limit=50',
    `/runs?limit=50&cursor=${runPage.next_cursor}`,
    `/runs?limit=50&task=${task}`,
    `/runs?limit=50&task=${task}&states=cancelled`,
    `/runs?limit=50&task=${task}&trigger=backfill`,
    ...['succeeded', 'failed', 'cancelled', 'running', 'waiting', 'queued,running,held'].map(
      (states) => `/runs?limit=50&states=${states}`,
    ),
    '/runs?limit=50&states=failed,cancelled',
    ...['schedule', 'manual', 'webhook', 'task', 'backfill'].map(
      (trigger) => `/runs?limit=50&trigger=${trigger}`,
    ),
    ...['nightly', 'rare', 'never', 'unknown'].map((tag) => `/runs?limit=50&tag=${tag}`),
    ...['command', 'agent', 'reminder', 'http'].map((kind) => `/runs?limit=50&kind=${kind}`),
    '/runs?limit=50&tag=never&states=failed',
    '/runs?limit=50&kind=agent&states=succeeded',
    '/runs?limit=50&kind=reminder&states=succeeded',
    '/runs?limit=50&tag=rare&trigger=manual',
    ...['copy%209999', 'copy%2012', 'copy', 'nothing%20says%20this'].map(
      (text) => `/runs?limit=50&text=${text}`,
    ),
    ...['failed', 'timed_out', 'lost', 'cancelled'].map(
      (outcome) => `/runs?limit=50&outcome=${outcome}`,
    ),
    '/runs?limit=50&since=700h&until=690h',
    `/runs/${run}`,
    `/explain?run=${run}`,
    `/explain?task=${task}`,
    `/usage?by=day`,
    ...['day', 'task', 'tag', 'engine'].map((by) => `/usage?by=${by}&since=720h`),
    '/usage?by=day&tag=nightly&since=720h',
    `/usage?by=day&task=${task}&since=720h`,
    '/changes?after=0&limit=500',
    '/audit?limit=50',
    '/audit?limit=50&verdict=refused',
    '/audit?limit=50&verb=delete_task',
    '/audit?limit=50&principal=nobody',
    '/metrics',
  ];
}
