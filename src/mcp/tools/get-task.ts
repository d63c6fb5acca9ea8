import { z } from 'zod';
import { cutTexts } from '../../api/cut-texts.ts';
import { describedElsewhere } from '../../api/json-schema.ts';
import { runBriefView, tellRunBriefly, viewRunBriefly } from '../../api/run-view.ts';
import { taskAnswer, tellTaskAnswer, viewTaskAnswer } from '../../api/task-answer.ts';
import { taskRef } from '../../api/task-input.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

export const getTask = defineTool({
  name: 'get_task',
  title: 'Look at a task',
  description:
    'Tells everything about one task: schedule and what it means, next times, action, policies, and its latest runs. Values of secrets are never shown.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  input: z.strictObject({ task: taskRef }),
  output: taskAnswer.extend({
    task: describedElsewhere(taskAnswer.shape.task),
    receipt: describedElsewhere(taskAnswer.shape.receipt),
    last_runs: z.array(describedElsewhere(runBriefView)),
  }),
  handle: async (services, { task: ref }, call) => {
    const detail = await services.getTask(ref);
    const answer = viewTaskAnswer(detail, call.zone);
    const lastRuns = detail.lastRuns.map((run) => viewRunBriefly(run, answer.task.timezone));
    return cutTexts({ ...answer, last_runs: lastRuns });
  },
  text: (answer, call) =>
    [
      tellTaskAnswer(answer, call.now()),
      answer.last_runs.length === 0 ? 'It has not run yet.' : 'Latest runs:',
      ...answer.last_runs.map((run) => `- ${tellRunBriefly(run, call.now())}`),
    ].join('\n'),
});
