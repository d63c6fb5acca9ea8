import type { JsonObject } from '../../domain/json.ts';
import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import {
  oneTask,
  taskAtRevision,
  startInput,
  taskDetail,
  taskPage,
  taskPath,
  tasksQuery,
  taskWithReason,
} from '../route-inputs.ts';
import { runView, viewRun } from '../run-view.ts';
import { taskAnswer, viewTaskAnswer } from '../task-answer.ts';
import { createTaskInput, toTaskDraft, toTaskEdit, updateTaskInput } from '../task-input.ts';
import { viewTask } from '../task-view.ts';

export const TASK_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/tasks',
    summary: 'Tasks, by page.',
    scope: 'tasks:read',
    input: tasksQuery,
    answer: taskPage,
    handle: async (services, { state, made_by: madeBy, ...rest }, { zone }) => {
      const page = await services.listTasks(given({ states: state, madeBy, ...rest }));
      return {
        body: {
          tasks: page.items.map((item) => viewTask(item, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks',
    summary: 'Makes a task.',
    scope: 'tasks:write',
    input: createTaskInput,
    answer: taskAnswer,
    statuses: [201, 200],
    handle: async (services, input, { zone }) => {
      const made = await services.createTask(toTaskDraft(input));
      return {
        status: made.isRepeat ? 200 : 201,
        body: viewTaskAnswer(made, zone),
        revision: made.task.revision,
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/tasks/:task',
    summary: 'A task with its schedule explained and its latest runs.',
    scope: 'tasks:read',
    input: taskPath,
    answer: taskDetail,
    handle: async (services, input, { zone }) => {
      const detail = await services.getTask(input.task);
      const answer = viewTaskAnswer(detail, zone);
      const lastRuns = detail.lastRuns.map((item) => viewRun(item, answer.task.timezone));
      return { body: { ...answer, last_runs: lastRuns }, revision: detail.task.revision };
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/tasks/:task',
    summary: 'Changes the named parts of a task.',
    scope: 'tasks:write',
    input: updateTaskInput,
    answer: taskAnswer,
    handle: async (services, { task: ref, ...edit }, { zone }) => {
      const updated = await services.updateTask(ref, toTaskEdit(edit));
      return { body: viewTaskAnswer(updated, zone), revision: updated.task.revision };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/tasks/:task',
    summary: 'Deletes a task; its finished runs are kept for their time.',
    scope: 'tasks:write',
    input: taskAtRevision,
    answer: oneTask,
    handle: async (services, input, { zone }) => ({
      body: { task: viewTask(await services.deleteTask(input.task, input.revision), zone) },
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/:task/undelete',
    summary: 'Takes back that a task was deleted, within 24 hours; it goes on from now.',
    scope: 'tasks:write',
    input: taskPath,
    answer: taskAnswer,
    handle: async (services, input, { zone }) => {
      const back = await services.undeleteTask(input.task);
      return { body: viewTaskAnswer(back, zone), revision: back.task.revision };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/:task/pause',
    summary: 'Lets a task start no new runs.',
    scope: 'tasks:write',
    input: taskWithReason,
    answer: oneTask,
    handle: async (services, input, { zone }) => {
      const paused = await services.pauseTask(input.task, input.reason, input.revision);
      return { body: { task: viewTask(paused, zone) }, revision: paused.revision };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/:task/resume',
    summary: 'Lets a paused task start runs again.',
    scope: 'tasks:write',
    input: taskAtRevision,
    answer: taskAnswer,
    handle: async (services, input, { zone }) => {
      const resumed = await services.resumeTask(input.task, input.revision);
      return { body: viewTaskAnswer(resumed, zone), revision: resumed.task.revision };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/tasks/:task/runs',
    summary: 'Starts a run now and answers at once.',
    scope: 'tasks:run',
    input: startInput,
    answer: runView,
    statuses: [202],
    handle: async (services, input, { zone }) => {
      const started = await services.runTask({
        task: input.task,
        ...given({
          overlap: input.overlap,
          cwd: input.cwd,
          prompt: input.prompt,
          payload: input.payload as JsonObject | undefined,
          gates: input.gates,
          idempotencyKey: input.idempotency_key,
        }),
      });
      return { body: viewRun(started, zone) };
    },
  }),
] as const;
