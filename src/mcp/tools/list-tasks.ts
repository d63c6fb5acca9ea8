import { z } from 'zod';
import { given } from '../../api/given.ts';
import {
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  pageWithinBudget,
} from '../../api/page-within-budget.ts';
import { taskBriefView, tellTaskBriefly, viewTaskBriefly } from '../../api/task-view.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const listTasks = defineTool({
  name: 'list_tasks',
  title: 'List tasks',
  description:
    'Lists tasks with their state, schedule and next time. Narrow it by state, tag, or a part of the name or description; get_task tells the rest about one.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  input: z.strictObject({
    state: z.enum(['active', 'paused', 'ended']).optional().describe('default: any'),
    tag: z.string().optional().describe('one of its tags'),
    text: z.string().optional().describe('part of name or description'),
    limit: z.int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT).describe('page size'),
    cursor: z.string().optional().describe('next_cursor of the page before'),
  }),
  output: z.object({ tasks: z.array(taskBriefView), next_cursor: z.string().nullable() }),
  handle: async (services, { state, tag, text, limit, cursor }, call) => {
    const page = await pageWithinBudget(
      limit,
      (itemsMax) =>
        services.listTasks({
          limit: itemsMax,
          ...given({ states: state && [state], tag, text, cursor }),
        }),
      (task) => viewTaskBriefly(task, call.zone),
    );
    return { tasks: page.views, next_cursor: page.cursor };
  },
  text: ({ tasks, next_cursor: next }, call) =>
    [
      tasks.length === 0 ? 'There are no such tasks.' : `${tasks.length} tasks:`,
      ...tasks.map((task) => `- ${tellTaskBriefly(task, call.now())}`),
      ...(next === null ? [] : [`There are more: call again with cursor ${JSON.stringify(next)}.`]),
    ].join('\n'),
});
