import { z } from 'zod';
import { given } from '../../api/given.ts';
import { happeningsView, tellHappenings, viewHappenings } from '../../api/happenings-view.ts';
import { parseInstantInput } from '../../api/instant-input.ts';
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from '../../api/page-within-budget.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const whatHappened = defineTool({
  name: 'what_happened',
  title: 'What happened lately',
  description:
    'Sums up what the scheduler did while nobody was looking: runs that ended, runs going on, times without a run and why, what comes next, and what is unread in the inbox. Covers the last 24 hours unless "since" says otherwise.',
  annotations: READS,
  toolset: 'overview',
  access: 'read',
  input: z.strictObject({
    since: z.string().optional().describe('ISO 8601, or e.g. 12h'),
    limit: z.int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT).describe('per list'),
  }),
  output: happeningsView,
  handle: async (services, { since, limit }, call) =>
    viewHappenings(
      await services.whatHappened({
        limit,
        ...given({
          since:
            since === undefined
              ? undefined
              : parseInstantInput('since', since, call.zone, call.now()),
        }),
      }),
      call.zone,
    ),
  text: (happenings, call) => tellHappenings(happenings, call.now()),
});
