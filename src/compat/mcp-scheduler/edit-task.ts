import type { z } from 'zod';
import type { ToolCall } from '../../api/tool.ts';
import type { ReminderAction } from '../../domain/action.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Task } from '../../domain/task.ts';
import type { Services, TaskEdit } from '../../service/services.ts';
import { checkedCron } from './checked-cron.ts';
import type { updateInput } from './inputs.ts';
import { apiAction, apiCallOf, commandAction, reminderAction } from './make-action.ts';
import type { TaskExt } from './wire-task.ts';

type Update = z.output<typeof updateInput>;

/** Changes the given fields; fields of another kind of task are left aside. */
export async function editTask(
  services: Services,
  task: Task,
  update: Update,
  call: ToolCall,
): Promise<Task> {
  const edit: TaskEdit = {
    ...(typeof update.name === 'string' ? { name: update.name } : {}),
    ...(typeof update.description === 'string' ? { description: update.description } : {}),
    ...(typeof update.schedule === 'string'
      ? { when: await checkedCron(services, update.schedule), zone: 'UTC' }
      : {}),
    ...(typeof update.do_only_once === 'boolean'
      ? { policies: { endsAfterSuccess: update.do_only_once } }
      : {}),
    ...editAction(task, update, call),
  };
  const { task: edited } = await services.updateTask(task.id, edit);
  return setEnabled(services, edited, update.enabled ?? task.state === 'active');
}

/** A new schedule wakes an ended task, so being enabled is set whether or not the update names it. */
async function setEnabled(services: Services, task: Task, isEnabled: boolean): Promise<Task> {
  if (isEnabled === (task.state === 'active')) return task;
  if (isEnabled) return (await services.resumeTask(task.id)).task;
  return services.pauseTask(task.id);
}

function editAction(task: Task, update: Update, call: ToolCall): Pick<TaskEdit, 'action' | 'ext'> {
  const { action } = task.definition;
  if (action.kind === 'command') {
    if (typeof update.command !== 'string') return {};
    return {
      action: { ...commandAction(update.command, action.cwd ?? call.cwd), env: action.env },
    };
  }
  if (action.kind === 'model' || action.kind === 'agent') {
    return typeof update.prompt === 'string'
      ? { action: { ...action, prompt: update.prompt } }
      : {};
  }
  if (action.kind === 'reminder') return editReminder(task, action, update);
  const before = apiCallOf(action, task.ext);
  const names = [update.api_url, update.api_method, update.api_headers, update.api_body];
  if (before === undefined || names.every((value) => value === null || value === undefined)) {
    return {};
  }
  return apiAction({
    url: update.api_url ?? before.url,
    method: update.api_method ?? before.method,
    headers: update.api_headers ?? before.headers,
    body: (update.api_body as JsonObject | null | undefined) ?? before.body,
  });
}

/** A reminder without a title of its own goes on showing the name. */
function editReminder(
  task: Task,
  action: ReminderAction,
  update: Update,
): Pick<TaskEdit, 'action' | 'ext'> {
  const ext: TaskExt = task.ext;
  const title = update.reminder_title || (ext.has_no_title === true ? undefined : action.title);
  return reminderAction(
    update.name ?? task.definition.name,
    title,
    update.reminder_message ?? action.body,
  );
}
