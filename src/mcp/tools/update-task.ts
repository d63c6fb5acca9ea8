import { describedElsewhere, inputSchemaOf, withoutRepeating } from '../../api/json-schema.ts';
import { cutTexts } from '../../api/cut-texts.ts';
import { createTaskInput, toTaskEdit, updateTaskInput } from '../../api/task-input.ts';
import { taskAnswer, tellTaskAnswer, viewTaskAnswer } from '../../api/task-answer.ts';
import { defineTool } from '../../api/tool.ts';
import { ENDS } from '../hints.ts';

export const updateTask = defineTool({
  name: 'update_task',
  title: 'Change a task',
  description:
    'Changes the named parts of a task; everything not named stays as it is. Each edit makes a new version; runs in progress finish with the old one. The fields mean what they mean for create_task. With "revision" (from get_task) the change is refused if somebody else changed the task meanwhile.',
  annotations: ENDS,
  toolset: 'tasks',
  access: 'write',
  input: updateTaskInput,
  inputJson: withoutRepeating(inputSchemaOf(updateTaskInput), inputSchemaOf(createTaskInput)),
  output: describedElsewhere(taskAnswer),
  handle: async (services, { task, ...edit }, call) =>
    cutTexts(
      viewTaskAnswer(await services.updateTask(task, toTaskEdit(edit, call.cwd)), call.zone),
    ),
  text: (answer, call) => `Changed. ${tellTaskAnswer(answer, call.now())}`,
});
