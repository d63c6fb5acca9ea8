import { z } from 'zod';
import { describedElsewhere } from '../../api/json-schema.ts';
import { taskRef } from '../../api/task-input.ts';
import { taskBriefView, tellTaskBriefly, viewTaskBriefly } from '../../api/task-view.ts';
import { defineTool } from '../../api/tool.ts';
import { SETS } from '../hints.ts';

export const resumeTask = defineTool({
  name: 'resume_task',
  title: 'Resume a task',
  description:
    'Lets a paused task start runs again. Occurrences during the pause are not caught up; the answer says the next one.',
  annotations: SETS,
  toolset: 'tasks',
  access: 'write',
  input: z.strictObject({ task: taskRef }),
  output: describedElsewhere(taskBriefView),
  handle: async (services, { task }, call) =>
    viewTaskBriefly((await services.resumeTask(task)).task, call.zone),
  text: (task, call) => tellTaskBriefly(task, call.now()),
});
