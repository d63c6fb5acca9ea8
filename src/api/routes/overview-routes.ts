import { Refusal } from '../../domain/refusal.ts';
import { defineRoute } from '../api-route.ts';
import { clientsView, viewClients } from '../clients-view.ts';
import { enginesQuery, enginesView, viewEngines } from '../engines-view.ts';
import { explanationView, viewExplanation } from '../explanation-view.ts';
import { given } from '../given.ts';
import { happeningsView, viewHappenings } from '../happenings-view.ts';
import { parseInstantInput } from '../instant-input.ts';
import { receiptView, viewReceipt } from '../receipt-view.ts';
import {
  changesAnswer,
  changesQuery,
  explainQuery,
  happeningsQuery,
  nothing,
  previewInput,
} from '../route-inputs.ts';
import { toRunId } from '../run-ref.ts';
import { viewChange } from '../change-view.ts';
import { statusView, viewStatus } from '../status-view.ts';
import { toUsageQuery, usageQuery, usageView, viewUsage } from '../usage-view.ts';
import { toWhenInput, toWhenOptions } from '../when-input.ts';

/** How things are and what happened, of all tasks together. */
export const OVERVIEW_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/status',
    summary: 'How the daemon is doing.',
    scope: 'tasks:read',
    input: nothing,
    answer: statusView,
    handle: async (services, _input, { zone }) => ({
      body: viewStatus(await services.getStatus(), zone),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/engines',
    summary: 'The agent command lines: where they are, their versions, who is logged in.',
    scope: 'tasks:read',
    input: enginesQuery,
    answer: enginesView,
    handle: async (services, input) => ({
      body: viewEngines(await services.listEngines(input.task)),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/clients',
    summary: 'The programs that have called over MCP, the one that called last first.',
    scope: 'tasks:read',
    input: nothing,
    answer: clientsView,
    handle: async (services, _input, { zone }) => ({
      body: viewClients(await services.listClients(), zone),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/schedules/preview',
    summary: 'What a schedule would mean; nothing is kept.',
    scope: 'tasks:read',
    input: previewInput,
    answer: receiptView,
    handle: async (services, input) => {
      const receipt = await services.previewSchedule({
        when: toWhenInput(input.when),
        ...given({ whenOptions: toWhenOptions(input), zone: input.timezone, count: input.count }),
      });
      return { body: viewReceipt(receipt) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/explain',
    summary: 'Why a task did or did not run at a time, or why a run ended as it did.',
    scope: 'tasks:read',
    input: explainQuery,
    answer: explanationView,
    handle: async (services, input, { zone }) => {
      if ((input.task === undefined) === (input.run === undefined)) {
        throw new Refusal('invalid', 'Give either "task" or "run", and not both.');
      }
      const query =
        input.task === undefined
          ? { run: toRunId(input.run ?? '') }
          : { task: input.task, ...given({ at: input.at }) };
      return { body: viewExplanation(await services.explain(query), zone) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/happenings',
    summary: 'What ended, goes on, was missed and comes next.',
    scope: 'tasks:read',
    input: happeningsQuery,
    answer: happeningsView,
    handle: async (services, input, { zone, now }) => {
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
  }),
  defineRoute({
    method: 'GET',
    path: '/usage',
    summary: 'What agents and models have used, by task, tag, engine or day.',
    scope: 'tasks:read',
    input: usageQuery,
    answer: usageView,
    handle: async (services, input, { zone, now }) => ({
      body: viewUsage(await services.usage(toUsageQuery(input, zone, now())), zone),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/changes',
    summary: 'Changes after the one with id `after`, oldest first.',
    scope: 'tasks:read',
    input: changesQuery,
    answer: changesAnswer,
    handle: async (services, input) => {
      const changes = await services.listChanges(input.after, input.limit);
      return {
        body: { changes: changes.map(viewChange), last_id: await services.lastChangeId() },
      };
    },
  }),
] as const;
