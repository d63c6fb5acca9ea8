import { z } from 'zod';
import { describedElsewhere } from '../../api/json-schema.ts';
import { taskRef } from '../../api/task-input.ts';
import { taskBriefView, tellTaskBriefly, viewTaskBriefly } from '../../api/task-view.ts';
import { defineTool } from '../../api/tool.ts';
import { SETS } from '../hints.ts';

export const pauseTask = defineTool({
  name: 'pause_task',
  title: 'Pause a task',
  description:
    'Stops a task from starting new runs until it is resumed. Runs in progress go on; run_task still works.',
  annotations: SETS,
  toolset: 'tasks',
  access: 'write',
  input: z.strictObject({
    task: taskRef,
    reason: z.string().max(500).optional().describe('kept with the task'),
  }),
  output: describedElsewhere(taskBriefView),
  handle: async (services, { task, reason }, call) =>
    viewTaskBriefly(await services.pauseTask(task, reason), call.zone),
  text: (task, call) => tellTaskBriefly(task, call.now()),
});
