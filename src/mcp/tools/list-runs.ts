import { z } from 'zod';
import { given } from '../../api/given.ts';
import { parseInstantInput } from '../../api/instant-input.ts';
import {
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  pageWithinBudget,
} from '../../api/page-within-budget.ts';
import {
  RUN_STATES,
  runBriefView,
  tellRunBriefly,
  TRIGGERS,
  viewRunBriefly,
} from '../../api/run-view.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const listRuns = defineTool({
  name: 'list_runs',
  title: 'List runs',
  description:
    'Lists runs, newest first: of one task or of all, by state, trigger and time of creation. get_run tells the rest about one, read_output what it printed.',
  annotations: READS,
  toolset: 'runs',
  access: 'read',
  input: z.strictObject({
    task: z.string().optional().describe('id or name'),
    states: z.array(z.enum(RUN_STATES)).optional().describe('default: any'),
    trigger: z.enum(TRIGGERS).optional().describe('what caused it'),
    since: z.string().optional().describe('ISO 8601, or e.g. 24h for the last 24 hours'),
    until: z.string().optional().describe('as since'),
    limit: z.int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT).describe('page size'),
    cursor: z.string().optional().describe('next_cursor of the page before'),
  }),
  output: z.object({ runs: z.array(runBriefView), next_cursor: z.string().nullable() }),
  handle: async (services, { since, until, limit, task, states, trigger, cursor }, call) => {
    const instant = (place: string, text: string | undefined) =>
      text === undefined ? undefined : parseInstantInput(place, text, call.zone, call.now());
    const query = given({
      task,
      states,
      trigger,
      cursor,
      since: instant('since', since),
      until: instant('until', until),
    });
    const page = await pageWithinBudget(
      limit,
      (itemsMax) => services.listRuns({ ...query, limit: itemsMax }),
      (run) => viewRunBriefly(run, call.zone),
    );
    return { runs: page.views, next_cursor: page.cursor };
  },
  text: ({ runs, next_cursor: next }, call) =>
    [
      runs.length === 0 ? 'There are no such runs.' : `${runs.length} runs:`,
      ...runs.map((run) => `- ${tellRunBriefly(run, call.now())}`),
      ...(next === null ? [] : [`There are more: call again with cursor ${JSON.stringify(next)}.`]),
    ].join('\n'),
});
