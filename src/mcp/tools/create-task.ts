import { cutTexts } from '../../api/cut-texts.ts';
import { createTaskInput, toTaskDraft } from '../../api/task-input.ts';
import { taskAnswer, tellTaskAnswer, viewTaskAnswer } from '../../api/task-answer.ts';
import { defineTool } from '../../api/tool.ts';
import { STARTS } from '../hints.ts';
import { askForMissingSecret } from './ask-for-secret.ts';

export const createTask = defineTool({
  name: 'create_task',
  title: 'Create a task',
  description:
    'Schedules something for later, at intervals, or when asked: a command, an HTTP request, an agent with a prompt, a model call, a message, a reminder. It happens although this conversation is over. "when" takes plain words, cron, an ISO 8601 time or an interval; without it only run_task runs it. The answer says the zone and the next times. Secrets are named ({"secret": "NAME"}) and stored with "carillon secret set NAME", never written here. Texts may hold {{scheduled_for}}, {{missed_count}}, {{last.result}}, {{payload.a}}, {{json payload}}. preview_schedule tries a schedule.',
  annotations: STARTS,
  toolset: 'tasks',
  access: 'write',
  input: createTaskInput,
  output: taskAnswer,
  handle: async (services, input, call) => {
    const draft = toTaskDraft(input, call.cwd);
    const question = await askForMissingSecret(services, draft.action, call);
    return question ?? cutTexts(viewTaskAnswer(await services.createTask(draft), call.zone));
  },
  text: (answer, call) =>
    `${answer.is_repeat ? 'This task was already made by the same request' : 'Created'}. ${tellTaskAnswer(answer, call.now())}`,
});
