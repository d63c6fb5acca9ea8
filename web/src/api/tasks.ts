import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TaskView } from '../../../src/api/task-view.ts';
import { get, type Query } from './request.ts';

export type TaskPage = { readonly tasks: readonly TaskView[]; readonly next_cursor: string | null };

/** A page of tasks; the last answer stays until the next one is there. */
export function useTasks(query: Query = {}) {
  return useQuery({
    queryKey: ['tasks', query],
    queryFn: ({ signal }) => get<TaskPage>('/tasks', query, signal),
    placeholderData: keepPreviousData,
  });
}
