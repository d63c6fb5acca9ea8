import type { RunView, RunDetailView } from '../api/run-view.ts';
import { openApi } from './api-client.ts';
import { answer, talk, type Context } from './context.ts';
import { inPath, query } from './read-flags.ts';
import { sayCountdown, sayDuration } from './say-time.ts';
import { table } from './table.ts';

export async function listRuns(
  context: Context,
  flags: {
    readonly task?: string;
    readonly state?: readonly string[];
    readonly trigger?: string;
    readonly since?: string;
    readonly until?: string;
    readonly limit?: string;
    readonly cursor?: string;
  },
): Promise<void> {
  const api = await openApi(context);
  const { task, state, trigger, since, until, limit, cursor } = flags;
  const path = `/runs${query({ task, states: state?.join(','), trigger, since, until, limit, cursor })}`;
  const page = (await api.ask({ method: 'GET', path })) as {
    readonly runs: readonly RunView[];
    readonly next_cursor: string | null;
  };
  answer(context, page, () => (page.runs.length === 0 ? 'There are no runs.' : sayRuns(page.runs)));
  if (page.next_cursor !== null && !context.isJson) {
    talk(context, `There are more: add --cursor ${page.next_cursor}`);
  }
}

export async function showRun(context: Context, run: string): Promise<void> {
  const api = await openApi(context);
  const shown = await api.ask({ method: 'GET', path: `/runs/${inPath(run)}` });
  const { tellRunDetail } = await import('../api/run-view.ts');
  answer(context, shown, () => tellRunDetail(shown as RunDetailView, Temporal.Now.instant()));
}

export async function stopRun(
  context: Context,
  run: string,
  reason: string | undefined,
): Promise<void> {
  const api = await openApi(context);
  const stopped = (await api.ask({
    method: 'POST',
    path: `/runs/${inPath(run)}/cancel`,
    body: reason === undefined ? {} : { reason },
  })) as RunView;
  answer(context, stopped, () =>
    stopped.state === 'cancelled'
      ? `Stopped ${run}.`
      : `Asked ${run} to stop; it is ${stopped.state}.`,
  );
}

export async function answerRun(context: Context, run: string, text: string): Promise<void> {
  const api = await openApi(context);
  const path = `/runs/${inPath(run)}/answer`;
  const answered = (await api.ask({ method: 'POST', path, body: { text } })) as RunView;
  answer(context, answered, () =>
    answered.is_final
      ? `Answered; ${run} ${answered.state}.`
      : `Answered; ${run} goes on. Follow it: carillon runs logs ${run} -f`,
  );
}

function sayRuns(runs: readonly RunView[]): string {
  const now = Temporal.Now.instant();
  const haveCost = runs.some((run) => run.cost_usd !== null);
  return table(
    ['RUN', 'TASK', 'STATE', 'TRIGGER', 'STARTED', 'TOOK', ...(haveCost ? ['USD'] : []), 'MESSAGE'],
    runs.map((run) => [
      run.id,
      run.task,
      run.state,
      run.trigger,
      sayCountdown(run.started_at, now),
      run.duration_ms === null ? '–' : sayDuration(run.duration_ms),
      ...(haveCost ? [run.cost_usd === null ? '–' : run.cost_usd.toFixed(4)] : []),
      run.message ?? '',
    ]),
  );
}
