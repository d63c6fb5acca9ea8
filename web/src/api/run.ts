import { useQuery } from '@tanstack/react-query';
import type { ExplanationView } from '../../../src/api/explanation-view.ts';
import type { OutputView } from '../../../src/api/output-view.ts';
import type { RunPageView } from '../../../src/api/run-page-view.ts';
import type { RunView } from '../../../src/api/run-view.ts';
import { toIso } from '../time/instant.ts';
import { get } from './request.ts';

/** What a run in progress has used is told by nobody: it is asked for. */
const LIVE_MS = 2_000;
const LAST_LINE_BYTES = 2_000;
const BEFORE_MAX = 10;

/** A run; while it goes on, what it has come to so far. */
export function useRun(id: string | undefined) {
  return useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => get<RunPageView>(`/runs/${id ?? ''}`, undefined, signal),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.is_final === false ? LIVE_MS : false),
  });
}

/** Why a run stands as it does, in sentences. */
export function useExplanation(run: Pick<RunPageView, 'id' | 'state' | 'attempt'>) {
  return useQuery({
    queryKey: ['explanation', run.id, run.state, run.attempt],
    queryFn: ({ signal }) => get<ExplanationView>('/explain', { run: run.id }, signal),
  });
}

/** The last line that a run in progress has printed. */
export function useLastLine(run: Pick<RunPageView, 'id' | 'is_final' | 'attempt'>) {
  const isLive = !run.is_final && run.attempt > 0;
  const query = useQuery({
    queryKey: ['last-line', run.id, run.attempt],
    queryFn: ({ signal }) =>
      get<OutputView>(`/runs/${run.id}/output`, { offset: -LAST_LINE_BYTES }, signal),
    enabled: isLive,
    refetchInterval: LIVE_MS,
  });
  if (!isLive) return undefined;
  return query.data?.text.trimEnd().split('\n').at(-1);
}

/** What a task said in the version that a run carries out, as far as the task is still there. */
export function useVersion(taskId: string, version: number) {
  return useQuery({
    queryKey: ['version', taskId, version],
    queryFn: ({ signal }) =>
      get<VersionOfTask>(`/tasks/${taskId}/versions/${version}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export type VersionOfTask = {
  readonly version: number;
  readonly does: string;
  readonly action: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly policies: { readonly budget?: Readonly<Record<string, number | string>> };
};

/** What the run before this one came to, and what this one did: both as text. */
export function useResultBefore(run: RunPageView, isAsked: boolean) {
  return useQuery({
    queryKey: ['result-before', run.id, run.state],
    queryFn: async ({ signal }) => {
      const query = {
        task: run.task_id,
        states: 'succeeded,failed',
        until: toIso(run.created_ms),
        limit: BEFORE_MAX,
      };
      const { runs } = await get<{ readonly runs: readonly RunView[] }>('/runs', query, signal);
      const found = runs.find((one) => one.id !== run.id && one.started_at !== null);
      if (found === undefined) return null;
      const before = await get<RunPageView>(`/runs/${found.id}`, undefined, signal);
      const [old, now] = await Promise.all([textOf(before, signal), textOf(run, signal)]);
      return { before, old, now };
    },
    enabled: isAsked,
  });
}

/** What a run answered; of one that answers nothing, what it printed. */
async function textOf(run: RunPageView, signal: AbortSignal): Promise<string> {
  const data = run.data === null || run.data === undefined ? undefined : pretty(run.data);
  if (run.result !== null && run.result !== '') return run.result;
  if (data !== undefined) return data;
  const output = await get<OutputView>(`/runs/${run.id}/output`, { bytes_max: 65_536 }, signal);
  return output.text;
}

export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
