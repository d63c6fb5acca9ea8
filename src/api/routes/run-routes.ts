import type { JsonObject } from '../../domain/json.ts';
import { toAction } from '../action-input.ts';
import { WHOLE_ANSWER } from '../answer-view.ts';
import { defineRoute } from '../api-route.ts';
import { given } from '../given.ts';
import { parseInstantInput } from '../instant-input.ts';
import { outputView, viewOutput } from '../output-view.ts';
import {
  outputQuery,
  runActionInput,
  rerunInput,
  runAnswer,
  runPage,
  runPath,
  runsQuery,
  runWithReason,
  waitQuery,
} from '../route-inputs.ts';
import { budgetOfRun, milliseconds } from '../policies-input.ts';
import { runPageView, viewRunPage } from '../run-page-view.ts';
import { toRunId } from '../run-ref.ts';
import { runDetailView, runView, viewRun, viewRunDetail } from '../run-view.ts';

export const RUN_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/runs',
    summary: 'Runs, newest first, by page.',
    scope: 'tasks:read',
    input: runsQuery,
    answer: runPage,
    handle: async (services, { since, until, ...rest }, { zone, now }) => {
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
  }),
  defineRoute({
    method: 'POST',
    path: '/runs',
    summary: 'Carries an action out once and answers at once; its task is in no list.',
    scope: 'tasks:write',
    input: runActionInput,
    answer: runView,
    statuses: [202],
    handle: async (services, input, { zone }) => {
      const { usd, tokens } = input.budget ?? {};
      const started = await services.runAction({
        action: toAction(input.action, undefined),
        ...given({
          name: input.name,
          timeoutMs: milliseconds('timeout', input.timeout),
          budget: input.budget && budgetOfRun(usd, tokens),
          idempotencyKey: input.idempotency_key,
        }),
      });
      return { body: viewRun(started, zone) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/runs/:run',
    summary:
      'A run with its attempts and their steps; of one in progress, what it has come to so far.',
    scope: 'tasks:read',
    input: runPath,
    answer: runPageView,
    handle: async (services, input, { zone }) => ({
      body: viewRunPage(await services.getRun(toRunId(input.run)), zone),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/runs/:run/wait',
    summary: 'The run as soon as it has ended, or as it is after `seconds`.',
    scope: 'tasks:read',
    input: waitQuery,
    answer: runDetailView,
    handle: async (services, input, { zone, signal }) => ({
      body: viewRunDetail(
        await services.waitForRun(toRunId(input.run), input.seconds * 1_000, signal),
        zone,
        WHOLE_ANSWER,
      ),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/runs/:run/output',
    summary: 'A page of what an attempt printed; a negative `offset` counts from the end.',
    scope: 'tasks:read',
    input: outputQuery,
    answer: outputView,
    handle: async (services, input) => {
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
  }),
  defineRoute({
    method: 'POST',
    path: '/runs/:run/rerun',
    summary:
      'Starts the task of a run again, with what the run was given and what is changed here.',
    scope: 'tasks:run',
    input: rerunInput,
    answer: runView,
    statuses: [202],
    handle: async (services, { run, payload, idempotency_key, ...changes }, { zone }) => ({
      body: viewRun(
        await services.rerun(
          toRunId(run),
          given({
            ...changes,
            payload: payload as JsonObject | undefined,
            idempotencyKey: idempotency_key,
          }),
        ),
        zone,
      ),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/runs/:run/cancel',
    summary: 'Asks a run to end.',
    scope: 'tasks:run',
    input: runWithReason,
    answer: runView,
    handle: async (services, input, { zone }) => ({
      body: viewRun(await services.cancelRun(toRunId(input.run), input.reason), zone),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/runs/:run/answer',
    summary: 'Answers the question that a run waits with.',
    scope: 'tasks:run',
    input: runAnswer,
    answer: runView,
    handle: async (services, input, { zone }) => ({
      body: viewRun(await services.answerRun(toRunId(input.run), input.text), zone),
    }),
  }),
] as const;
