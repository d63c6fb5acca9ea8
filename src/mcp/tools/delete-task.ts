import { z } from 'zod';
import { Refusal } from '../../domain/refusal.ts';
import { taskRef } from '../../api/task-input.ts';
import { defineTool, Question } from '../../api/tool.ts';
import { ENDS } from '../hints.ts';

export const deleteTask = defineTool({
  name: 'delete_task',
  title: 'Delete a task',
  description:
    'Deletes a task for good and cancels its runs that have not started. Finished runs stay readable for as long as they are kept. Asks the user first when the client can ask; "confirm": true says that they have agreed already. pause_task is the way to stop a task for a while.',
  annotations: ENDS,
  toolset: 'tasks',
  access: 'write',
  input: z.strictObject({
    task: taskRef,
    confirm: z.boolean().optional().describe('the user has agreed'),
  }),
  output: z.object({ task: z.string(), name: z.string(), is_deleted: z.boolean() }),
  handle: async (services, { task: ref, confirm }, call) => {
    const { task } = await services.getTask(ref);
    const { name } = task.definition;
    if (confirm !== true) {
      const act = { verb: 'delete', subject: task.id, revision: task.revision };
      switch (call.consentTo(act)) {
        case 'given':
          break;
        case 'declined':
          return { task: task.id, name, is_deleted: false };
        case 'missing':
          return new Question(act, `Delete the task "${name}" for good?`);
        case 'cannot_ask':
          throw new Refusal(
            'forbidden',
            `Deleting "${name}" needs the user's consent, and this client cannot ask for it.`,
            'Once the user has agreed, call delete_task again with "confirm": true.',
          );
      }
    }
    await services.deleteTask(task.id);
    return { task: task.id, name, is_deleted: true };
  },
  text: (answer) =>
    answer.is_deleted
      ? `Deleted "${answer.name}" [${answer.task}].`
      : `Not deleted: the user declined. "${answer.name}" [${answer.task}] is unchanged.`,
});
