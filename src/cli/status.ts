import type { StatusView } from '../api/status-view.ts';
import { openApi } from './api-client.ts';
import { answer, type Context } from './context.ts';
import { sayTime } from './say-time.ts';
import { sheet } from './table.ts';

/** `carillon status`: how the daemon is and what comes next. It never starts one. */
export async function status(context: Context): Promise<void> {
  const api = await openApi({ ...context, mayStart: false });
  const view = (await api.ask({ method: 'GET', path: '/status' })) as StatusView;
  answer(context, view, () => sayStatus(view));
}

function sayStatus(view: StatusView): string {
  const now = Temporal.Instant.from(view.now);
  const { tasks, runs, next } = view;
  const waiting = runs.queued + runs.retrying + runs.held + runs.waiting;
  return sheet([
    ['Carillon', `${view.version}, process ${String(view.pid)}, Node ${view.node}`],
    ['Health', view.alarms.length === 0 ? 'all is well' : view.alarms.join(', ')],
    [
      'Stopped',
      view.standstill === null
        ? undefined
        : `since ${sayTime(view.standstill.since, view.timezone, now)} by ${view.standstill.by}${view.standstill.reason === null ? '' : `: ${view.standstill.reason}`}; go on with: carillon stop-all --resume`,
    ],
    ['Address', view.address ?? undefined],
    ['Data', view.data_folder],
    ['Up since', sayTime(view.started_at, view.timezone, now)],
    ['Time', `${sayTime(view.now, view.timezone, now).replace(/ \(.*$/, '')} ${view.timezone}`],
    [
      'Tasks',
      `${String(tasks.active)} active, ${String(tasks.paused)} paused, ${String(tasks.ended)} ended`,
    ],
    ['Runs', `${String(runs.running)} running, ${String(waiting)} waiting`],
    [
      'Next',
      next === null
        ? 'nothing is scheduled'
        : `${next.name}, ${sayTime(next.next_at, next.timezone, now)}`,
    ],
  ]);
}
