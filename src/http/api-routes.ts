import { type ApiRoute, defineRoute } from '../api/api-route.ts';
import { WHOLE_ANSWER } from '../api/answer-view.ts';
import { viewChange } from '../api/change-view.ts';
import { enginesQuery, viewEngines } from '../api/engines-view.ts';
import { viewExplanation } from '../api/explanation-view.ts';
import { given } from '../api/given.ts';
import { viewHappenings } from '../api/happenings-view.ts';
import { parseInstantInput } from '../api/instant-input.ts';
import { viewOutput } from '../api/output-view.ts';
import { viewReceipt } from '../api/receipt-view.ts';
import {
  changesQuery,
  explainQuery,
  happeningsQuery,
  nothing,
  outputQuery,
  previewInput,
  runPath,
  runsQuery,
  runWithReason,
  secretPath,
  secretValue,
  startInput,
  taskPath,
  tasksQuery,
  taskWithReason,
  waitQuery,
} from '../api/route-inputs.ts';
import { toRunId } from '../api/run-ref.ts';
import { viewRun, viewRunDetail } from '../api/run-view.ts';
import { viewStatus } from '../api/status-view.ts';
import { viewTaskAnswer } from '../api/task-answer.ts';
import { createTaskInput, toTaskDraft, toTaskEdit, updateTaskInput } from '../api/task-input.ts';
import { viewTask } from '../api/task-view.ts';
import { timeIn } from '../api/times.ts';
import { toUsageQuery, usageQuery, viewUsage } from '../api/usage-view.ts';
import { toWhenInput, toWhenOptions } from '../api/when-input.ts';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { INBOX_ROUTES } from './inbox-routes.ts';

/** Everything that can be asked for under `/api/v1`, beside the stream of events. */
export const API_ROUTES: readonly ApiRoute[] = [
  defineRoute(
    'GET',
    '/status',
    'How the daemon is doing.',
    nothing,
    async (services, _input, { zone }) => ({
      body: viewStatus(await services.getStatus(), zone),
    }),
  ),
  defineRoute(
    'GET',
    '/engines',
    'The agent command lines: where they are, their versions, who is logged in.',
    enginesQuery,
    async (services, input) => ({ body: viewEngines(await services.listEngines(input.task)) }),
  ),

  defineRoute(
    'GET',
    '/tasks',
    'Tasks, by page.',
    tasksQuery,
    async (services, { state, ...rest }, { zone }) => {
      const page = await services.listTasks(given({ states: state, ...rest }));
      return {
        body: {
          tasks: page.items.map((item) => viewTask(item, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  ),
  defineRoute(
    'POST',
    '/tasks',
    'Makes a task.',
    createTaskInput,
    async (services, input, { zone }) => {
      const made = await services.createTask(toTaskDraft(input));
      return { status: made.isRepeat ? 200 : 201, body: viewTaskAnswer(made, zone) };
    },
  ),
  defineRoute(
    'GET',
    '/tasks/:task',
    'A task with its schedule explained and its latest runs.',
    taskPath,
    async (services, input, { zone }) => {
      const detail = await services.getTask(input.task);
      const answer = viewTaskAnswer(detail, zone);
      const lastRuns = detail.lastRuns.map((item) => viewRun(item, answer.task.timezone));
      return { body: { ...answer, last_runs: lastRuns } };
    },
  ),
  defineRoute(
    'PATCH',
    '/tasks/:task',
    'Changes the named parts of a task.',
    updateTaskInput,
    async (services, { task: ref, ...edit }, { zone }) => ({
      body: viewTaskAnswer(await services.updateTask(ref, toTaskEdit(edit)), zone),
    }),
  ),
  defineRoute(
    'DELETE',
    '/tasks/:task',
    'Deletes a task; its finished runs are kept for their time.',
    taskPath,
    async (services, input, { zone }) => ({
      body: { task: viewTask(await services.deleteTask(input.task), zone) },
    }),
  ),
  defineRoute(
    'POST',
    '/tasks/:task/pause',
    'Lets a task start no new runs.',
    taskWithReason,
    async (services, input, { zone }) => ({
      body: { task: viewTask(await services.pauseTask(input.task, input.reason), zone) },
    }),
  ),
  defineRoute(
    'POST',
    '/tasks/:task/resume',
    'Lets a paused task start runs again.',
    taskPath,
    async (services, input, { zone }) => ({
      body: viewTaskAnswer(await services.resumeTask(input.task), zone),
    }),
  ),
  defineRoute(
    'POST',
    '/tasks/:task/runs',
    'Starts a run now and answers at once.',
    startInput,
    async (services, input, { zone }) => {
      const started = await services.runTask({
        task: input.task,
        ...given({
          overlap: input.overlap,
          cwd: input.cwd,
          prompt: input.prompt,
          payload: input.payload as JsonObject | undefined,
          idempotencyKey: input.idempotency_key,
        }),
      });
      return { status: 202, body: viewRun(started, zone) };
    },
  ),

  defineRoute(
    'POST',
    '/schedules/preview',
    'What a schedule would mean; nothing is kept.',
    previewInput,
    async (services, input) => {
      const receipt = await services.previewSchedule({
        when: toWhenInput(input.when),
        ...given({ whenOptions: toWhenOptions(input), zone: input.timezone, count: input.count }),
      });
      return { body: viewReceipt(receipt) };
    },
  ),

  defineRoute(
    'GET',
    '/runs',
    'Runs, newest first, by page.',
    runsQuery,
    async (services, { since, until, ...rest }, { zone, now }) => {
      const instant = (place: string, text: string | undefined) =>
        text === undefined ? undefined : parseInstantInput(place, text, zone, now());
      const page = await services.listRuns(
        given({ ...rest, since: instant('since', since), until: instant('until', until) }),
      );
      return {
        body: {
          runs: page.items.map((item) => viewRun(item, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  ),
  defineRoute(
    'GET',
    '/runs/:run',
    'A run with its attempts.',
    runPath,
    async (services, input, { zone }) => ({
      body: viewRunDetail(await services.getRun(toRunId(input.run)), zone, WHOLE_ANSWER),
    }),
  ),
  defineRoute(
    'GET',
    '/runs/:run/wait',
    'The run as soon as it has ended, or as it is after `seconds`.',
    waitQuery,
    async (services, input, { zone, signal }) => ({
      body: viewRunDetail(
        await services.waitForRun(toRunId(input.run), input.seconds * 1_000, signal),
        zone,
        WHOLE_ANSWER,
      ),
    }),
  ),
  defineRoute(
    'GET',
    '/runs/:run/output',
    'A page of what an attempt printed; a negative `offset` counts from the end.',
    outputQuery,
    async (services, input) => {
      const page = await services.readOutput({
        run: toRunId(input.run),
        ...given({
          attempt: input.attempt,
          offset: input.offset,
          bytesMax: input.bytes_max,
          stream: input.stream,
        }),
      });
      return { body: viewOutput(page) };
    },
  ),
  defineRoute(
    'POST',
    '/runs/:run/cancel',
    'Asks a run to end.',
    runWithReason,
    async (services, input, { zone }) => ({
      body: viewRun(await services.cancelRun(toRunId(input.run), input.reason), zone),
    }),
  ),

  defineRoute(
    'GET',
    '/explain',
    'Why a task did or did not run at a time, or why a run ended as it did.',
    explainQuery,
    async (services, input, { zone }) => {
      if ((input.task === undefined) === (input.run === undefined)) {
        throw new Refusal('invalid', 'Give either "task" or "run", and not both.');
      }
      const query =
        input.task === undefined
          ? { run: toRunId(input.run ?? '') }
          : { task: input.task, ...given({ at: input.at }) };
      return { body: viewExplanation(await services.explain(query), zone) };
    },
  ),
  defineRoute(
    'GET',
    '/happenings',
    'What ended, goes on, was missed and comes next.',
    happeningsQuery,
    async (services, input, { zone, now }) => {
      const since =
        input.since === undefined
          ? undefined
          : parseInstantInput('since', input.since, zone, now());
      return {
        body: viewHappenings(
          await services.whatHappened(given({ since, limit: input.limit })),
          zone,
        ),
      };
    },
  ),
  defineRoute(
    'GET',
    '/usage',
    'What agents and models have used, by task, tag, engine or day.',
    usageQuery,
    async (services, input, { zone, now }) => ({
      body: viewUsage(await services.usage(toUsageQuery(input, zone, now())), zone),
    }),
  ),
  defineRoute(
    'GET',
    '/changes',
    'Changes after the one with id `after`, oldest first.',
    changesQuery,
    async (services, input) => {
      const changes = await services.listChanges(input.after, input.limit);
      return {
        body: { changes: changes.map(viewChange), last_id: await services.lastChangeId() },
      };
    },
  ),

  defineRoute(
    'GET',
    '/secrets',
    'Names of the secrets.',
    nothing,
    async (services, _input, { zone }) => {
      const secrets = await services.listSecrets();
      return {
        body: {
          secrets: secrets.map(({ name, createdAt, updatedAt }) => ({
            name,
            created_at: timeIn(zone, createdAt),
            updated_at: timeIn(zone, updatedAt),
          })),
        },
      };
    },
  ),
  defineRoute(
    'PUT',
    '/secrets/:name',
    'Sets a secret; its value cannot be read back.',
    secretValue,
    async (services, input) => {
      await services.setSecret(input.name, input.value);
      return { status: 204 };
    },
  ),
  defineRoute(
    'DELETE',
    '/secrets/:name',
    'Removes a secret.',
    secretPath,
    async (services, input) => {
      if (await services.removeSecret(input.name)) return { status: 204 };
      throw new Refusal(
        'not_found',
        `There is no secret ${JSON.stringify(input.name.slice(0, 64))}.`,
        'GET /api/v1/secrets tells the names.',
      );
    },
  ),

  ...INBOX_ROUTES,
];
