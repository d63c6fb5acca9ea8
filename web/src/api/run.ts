import { useQuery } from '@tanstack/react-query';
import type { RunDetailView } from '../../../src/api/run-view.ts';
import { get } from './request.ts';

export function useRun(id: string) {
  return useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => get<RunDetailView>(`/runs/${id}`, undefined, signal),
  });
}
