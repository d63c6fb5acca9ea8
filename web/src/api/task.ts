import { useQuery } from '@tanstack/react-query';
import type { RunBriefView } from '../../../src/api/run-view.ts';
import type { TaskAnswer } from '../../../src/api/task-answer.ts';
import { get } from './request.ts';

export type TaskDetail = TaskAnswer & { readonly last_runs: readonly RunBriefView[] };

/** A task with its schedule explained and its latest runs. */
export function useTask(id: string) {
  return useQuery({
    queryKey: ['task', id],
    queryFn: ({ signal }) => get<TaskDetail>(`/tasks/${id}`, undefined, signal),
  });
}
