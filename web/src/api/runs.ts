import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunBriefView } from '../../../src/api/run-view.ts';
import { get, type Query } from './request.ts';

export type RunPage = {
  readonly runs: readonly RunBriefView[];
  readonly next_cursor: string | null;
};

/** Runs, newest first; the last answer stays until the next one is there. */
export function useRuns(query: Query = {}) {
  return useQuery({
    queryKey: ['runs', query],
    queryFn: ({ signal }) => get<RunPage>('/runs', query, signal),
    placeholderData: keepPreviousData,
  });
}
