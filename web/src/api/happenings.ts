import { useQuery } from '@tanstack/react-query';
import type { HappeningsView } from '../../../src/api/happenings-view.ts';
import { get } from './request.ts';

/** What ended since then, goes on, was missed and comes next. */
export function useHappenings(since: string) {
  return useQuery({
    queryKey: ['now', since],
    queryFn: ({ signal }) => get<HappeningsView>('/happenings', { since, limit: 50 }, signal),
  });
}
