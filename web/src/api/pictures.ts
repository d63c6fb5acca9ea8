import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  latestAnswer,
  loadAnswer,
  statisticsAnswer,
  timelineAnswer,
} from '../../../src/api/history-view.ts';
import { get } from './request.ts';

export type TimelineView = z.output<typeof timelineAnswer>;
export type LoadView = z.output<typeof loadAnswer>;
export type StatisticsView = z.output<typeof statisticsAnswer>;
export type LatestRuns = z.output<typeof latestAnswer>['tasks'][number]['runs'];

/** Pictures of a moving stretch move on by themselves this often, in milliseconds. */
const MOVE_MS = 60_000;

/** @param from how long ago or since when, and `to` how far ahead or until when. */
export function useTimeline(from: string, to: string, task?: string) {
  return useQuery({
    queryKey: ['timeline', from, to, task],
    queryFn: ({ signal }) => get<TimelineView>('/statistics/timeline', { from, to, task }, signal),
    refetchInterval: MOVE_MS,
    placeholderData: keepPreviousData,
  });
}

export function useWeekLoad(timezone: string) {
  return useQuery({
    queryKey: ['load', timezone],
    queryFn: ({ signal }) => get<LoadView>('/statistics/load', { timezone }, signal),
    refetchInterval: MOVE_MS,
    placeholderData: keepPreviousData,
  });
}

/** The latest runs of each of these tasks, newest first, by the id of the task. */
export function useLatestRuns(taskIds: readonly string[]) {
  const tasks = taskIds.join(',');
  return useQuery({
    queryKey: ['runs', 'latest', tasks],
    enabled: tasks !== '',
    queryFn: async ({ signal }) => {
      const answer = await get<z.output<typeof latestAnswer>>(
        '/statistics/latest-runs',
        { tasks },
        signal,
      );
      return new Map<string, LatestRuns>(answer.tasks.map((one) => [one.task_id, one.runs]));
    },
    placeholderData: keepPreviousData,
  });
}

export function useStatistics(task: string, since: string) {
  return useQuery({
    queryKey: ['task', task, 'statistics', since],
    queryFn: ({ signal }) => get<StatisticsView>(`/tasks/${task}/statistics`, { since }, signal),
  });
}
