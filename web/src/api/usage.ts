import { useQuery } from '@tanstack/react-query';
import type { UsageView } from '../../../src/api/usage-view.ts';
import { get } from './request.ts';

/** What agents and models have used, row by row; since the beginning of the month unless told. */
export function useUsage(by: UsageView['by'], since?: string) {
  return useQuery({
    queryKey: ['usage', by, since],
    queryFn: ({ signal }) => get<UsageView>('/usage', { by, since }, signal),
  });
}

/** The same of one task, by day. */
export function useTaskUsage(task: string, since: string) {
  return useQuery({
    queryKey: ['usage', 'task', task, since],
    queryFn: ({ signal }) => get<UsageView>('/usage', { by: 'day', task, since }, signal),
  });
}
