import { createTaskInput, toTaskDraft } from '../../api/task-input.ts';
import { taskAnswer, tellTaskAnswer, viewTaskAnswer } from '../../api/task-answer.ts';
import { defineTool } from '../../api/tool.ts';
import { STARTS } from '../hints.ts';

export const createTask = defineTool({
  name: 'create_task',
  title: 'Create a task',
  description:
    'Schedules something to be done later, at intervals, or when asked: a command or an HTTP request. It happens although this conversation is over. "when" takes plain words, cron, an ISO 8601 time or an interval; without it the task runs only through run_task. The answer says the zone and the next times. A name is unique. Values that must stay secret are named as {"secret": "NAME"} and stored with the command line ("carillon secret set NAME"), never written here. preview_schedule tries a schedule without keeping it.',
  annotations: STARTS,
  toolset: 'tasks',
  access: 'write',
  input: createTaskInput,
  output: taskAnswer,
  handle: async (services, input, call) =>
    viewTaskAnswer(await services.createTask(toTaskDraft(input, call.cwd)), call.zone),
  text: (answer, call) =>
    `${answer.is_repeat ? 'This task was already made by the same request' : 'Created'}. ${tellTaskAnswer(answer, call.now())}`,
});
