import type { RunId } from '../domain/id.ts';
import type { Json } from '../domain/json.ts';
import type { Approval, ApprovalVerb } from '../domain/policy/approval.ts';
import { Refusal } from '../domain/refusal.ts';
import type {
  RerunRequest,
  RunActionRequest,
  RunTaskRequest,
  Services,
  TaskDraft,
  TaskEdit,
} from './services.ts';
import type { WebhookDraft, WebhookEdit } from './webhooks/webhook-requests.ts';

/** Each takes its arguments as they were kept: what was asked for is what is done. */
const PERFORM: Readonly<
  Record<ApprovalVerb, (services: Services, content: readonly Json[]) => Promise<string>>
> = {
  create_task: async (services, [draft]) => {
    const { task } = await services.createTask(draft as unknown as TaskDraft);
    return `The task ${task.id} was made.`;
  },
  update_task: async (services, [ref, edit]) => {
    const { task } = await services.updateTask(textOf(ref), edit as unknown as TaskEdit);
    return `The task ${task.id} was changed.`;
  },
  delete_task: async (services, [ref, revision]) => {
    const task = await services.deleteTask(textOf(ref), numberOf(revision));
    return `The task ${task.id} was deleted.`;
  },
  undelete_task: async (services, [ref]) => {
    const { task } = await services.undeleteTask(textOf(ref));
    return `The task ${task.id} is there again.`;
  },
  pause_task: async (services, [ref, reason, revision]) => {
    const task = await services.pauseTask(textOf(ref), optional(reason), numberOf(revision));
    return `The task ${task.id} was paused.`;
  },
  resume_task: async (services, [ref, revision]) => {
    const { task } = await services.resumeTask(textOf(ref), numberOf(revision));
    return `The task ${task.id} goes on.`;
  },
  run_task: async (services, [request]) => {
    const run = await services.runTask(request as unknown as RunTaskRequest);
    return `The run ${run.id} was queued.`;
  },
  run_action: async (services, [request]) => {
    const run = await services.runAction(request as unknown as RunActionRequest);
    return `The run ${run.id} was queued.`;
  },
  rerun: async (services, [run, changes]) => {
    const { id } = await services.rerun(textOf(run) as RunId, changes as unknown as RerunRequest);
    return `The run ${id} was queued.`;
  },
  answer_run: async (services, [run, text]) => {
    const { id } = await services.answerRun(textOf(run) as RunId, textOf(text));
    return `The run ${id} was answered.`;
  },
  duplicate_task: async (services, [ref, name]) => {
    const { task } = await services.duplicateTask(textOf(ref), optional(name));
    return `The task ${task.id} was made.`;
  },
  restore_version: async (services, [ref, version, revision]) => {
    const { task } = await services.restoreVersion(
      textOf(ref),
      Number(version),
      numberOf(revision),
    );
    return `The task ${task.id} was changed.`;
  },
  create_webhook: async (services, [draft]) => {
    const { webhook } = await services.createWebhook(draft as unknown as WebhookDraft);
    // Its secret is told to nobody; who needs it rotates it.
    return `The webhook ${webhook.id} was made. Rotate its secret to see one.`;
  },
  edit_webhook: async (services, [ref, edit]) => {
    const { webhook } = await services.editWebhook(textOf(ref), edit as unknown as WebhookEdit);
    return `The webhook ${webhook.id} was changed.`;
  },
  remove_webhook: async (services, [ref]) => {
    const { id } = await services.removeWebhook(textOf(ref));
    return `The webhook ${id} was removed.`;
  },
  cancel_run: async (services, [run, reason]) => {
    const { id } = await services.cancelRun(textOf(run) as RunId, optional(reason));
    return `The run ${id} was cancelled, or asked to end.`;
  },
};

/** The service call that each is. */
const CALLS = {
  create_task: 'createTask',
  update_task: 'updateTask',
  delete_task: 'deleteTask',
  undelete_task: 'undeleteTask',
  pause_task: 'pauseTask',
  resume_task: 'resumeTask',
  run_task: 'runTask',
  run_action: 'runAction',
  rerun: 'rerun',
  answer_run: 'answerRun',
  duplicate_task: 'duplicateTask',
  restore_version: 'restoreVersion',
  create_webhook: 'createWebhook',
  edit_webhook: 'editWebhook',
  remove_webhook: 'removeWebhook',
  cancel_run: 'cancelRun',
} as const satisfies Record<ApprovalVerb, keyof Services>;

/**
 * Does what was approved.
 *
 * @param keep is given the same call, which answers what came of it and does nothing.
 * @returns what came of it, also when it was refused.
 */
export async function performApproved(
  services: Services,
  { verb, content }: Approval,
  keep: (done: Partial<Services>) => void,
): Promise<string> {
  const call = CALLS[verb];
  const perform = services[call] as (...given: readonly unknown[]) => Promise<unknown>;
  const kept = (...given: readonly unknown[]): Promise<unknown> => {
    const done = perform(...given);
    keep({ [call]: () => done });
    return done;
  };
  try {
    return await PERFORM[verb]({ ...services, [call]: kept }, content);
  } catch (error) {
    if (error instanceof Refusal) return `It was not done: ${error.message}`;
    throw error;
  }
}

export function textOf(value: Json | undefined): string {
  return optional(value) ?? '';
}

function optional(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
