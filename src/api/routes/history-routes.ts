import type { z } from 'zod';
import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import {
  bulkAnswer,
  bulkInput,
  duplicateInput,
  latestAnswer,
  latestQuery,
  loadAnswer,
  loadQuery,
  restoreInput,
  statisticsAnswer,
  statisticsQuery,
  timelineAnswer,
  timelineQuery,
  versionAnswer,
  versionPage,
  versionPath,
  versionsQuery,
  viewBulk,
  viewLoad,
  viewMark,
  viewStatistics,
  viewTimeline,
  viewVersion,
} from '../history-view.ts';
import { parseInstantInput, parseLaterInput } from '../instant-input.ts';
import { taskAnswer, viewTaskAnswer } from '../task-answer.ts';

/** What tasks have said and how their runs went, as pictures need it; and what is done to many at once. */
export const HISTORY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/tasks/:task/versions',
    summary: 'What a task has said, newest first, by page.',
    scope: 'tasks:read',
    input: versionsQuery,
    answer: versionPage,
    handle: async (services, { task, ...rest }, { zone }) => {
      const page = await services.listVersions({ task, ...given(rest) });
      return {
        body: {
          versions: page.items.map((one) => viewVersion(one, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/tasks/:task/versions/:version',
    summary: 'What a task said in one version.',
    scope: 'tasks:read',
    input: versionPath,
    answer: versionAnswer,
    handle: async (services, { task, version }, { zone }) => ({
      body: viewVersion(await services.getVersion(task, version), zone),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/:task/versions/:version/restore',
    summary: 'Lets a task say again what it said in a version, as a new one.',
    scope: 'tasks:write',
    input: restoreInput,
    answer: taskAnswer,
    handle: async (services, { task, version, revision }, { zone }) => {
      const restored = await services.restoreVersion(task, version, revision);
      return { body: viewTaskAnswer(restored, zone), revision: restored.task.revision };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/:task/duplicate',
    summary: 'Makes a paused task that says the same under another name.',
    scope: 'tasks:write',
    input: duplicateInput,
    answer: taskAnswer,
    statuses: [201],
    handle: async (services, { task, name }, { zone }) => {
      const made = await services.duplicateTask(task, name);
      return { body: viewTaskAnswer(made, zone), revision: made.task.revision };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/bulk',
    summary:
      'Pauses, resumes, deletes or runs several tasks, and says of each whether it was done.',
    scope: 'tasks:write',
    input: bulkInput,
    answer: bulkAnswer,
    handle: async (services, { verb, tasks, filter, reason }) => ({
      body: viewBulk(
        await services.changeTasks({
          verb,
          ...given({ tasks, reason, filter: filter === undefined ? undefined : toFilter(filter) }),
        }),
      ),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/tasks/:task/statistics',
    summary: 'How the runs of a task went: how they ended, why they failed, how long they took.',
    scope: 'tasks:read',
    input: statisticsQuery,
    answer: statisticsAnswer,
    handle: async (services, { task, since }, { zone, now }) => {
      const from = since === undefined ? undefined : parseInstantInput('since', since, zone, now());
      return { body: viewStatistics(await services.taskStatistics(task, from), zone) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/statistics/latest-runs',
    summary: 'The latest 20 runs of each of up to 50 tasks, in a few words.',
    scope: 'tasks:read',
    input: latestQuery,
    answer: latestAnswer,
    handle: async (services, input, { zone }) => {
      const refs = input.tasks.split(',').filter((ref) => ref !== '');
      const latest = await services.latestRuns(refs);
      return {
        body: {
          timezone: zone,
          tasks: latest.map(({ task, runs }) => ({
            task_id: task.id,
            task: task.definition.name,
            runs: runs.map((mark) => viewMark(mark, zone)),
          })),
        },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/statistics/timeline',
    summary: 'The runs that were made in a stretch, and the occurrences still to come in it.',
    scope: 'tasks:read',
    input: timelineQuery,
    answer: timelineAnswer,
    handle: async (services, { from, to, task }, { zone, now }) => {
      const stretch = {
        from: parseInstantInput('from', from, zone, now()),
        to: parseLaterInput('to', to, zone, now()),
      };
      return {
        body: viewTimeline(await services.timeline({ ...stretch, ...given({ task }) }), zone),
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/statistics/load',
    summary: 'How many scheduled starts each hour of the coming week has.',
    scope: 'tasks:read',
    input: loadQuery,
    answer: loadAnswer,
    handle: async (services, { timezone }) => ({
      body: viewLoad(await services.weekLoad(timezone)),
    }),
  }),
] as const;

function toFilter({ made_by: madeBy, ...rest }: NonNullable<z.output<typeof bulkInput>['filter']>) {
  return given({ ...rest, madeBy });
}
