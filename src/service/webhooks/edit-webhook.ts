import { requireScope, type Principal } from '../../domain/principal.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Webhook } from '../../domain/webhooks/webhook.ts';
import { checkDescription, checkName } from '../check-text.ts';
import { findTask } from '../find-task.ts';
import type { ServicePorts } from '../services.ts';
import { updateTask } from '../update-task.ts';
import { checkAddresses, webhookNameTaken } from './create-webhook.ts';
import { findWebhook } from './find-webhook.ts';
import type { WebhookDetail, WebhookEdit, WebhookRef } from './webhook-requests.ts';
import { detailOf } from './webhooks.ts';

/** Others may change the webhook between our reading and writing; then we read again. */
const TRIES_MAX = 8;

/** Changes what an edit names. Its scheme stays: a sender that signs otherwise needs a webhook of its own. */
export async function editWebhook(
  ports: ServicePorts,
  principal: Principal,
  ref: WebhookRef,
  edit: WebhookEdit,
): Promise<WebhookDetail> {
  requireScope(principal, 'tasks:write');
  const webhook = await findWebhook(ports, principal, ref);
  requireRevision(webhook, edit.revision);
  if (edit.action !== undefined) {
    if (!webhook.ownsTask) throw notItsOwn('action', 'Edit that task');
    await updateTask(ports, principal, webhook.taskId, { action: edit.action });
  }
  if (edit.task !== undefined && webhook.ownsTask) {
    throw notItsOwn('task', 'Make another webhook');
  }
  const task = edit.task === undefined ? undefined : await findTask(ports, principal, edit.task);
  return changeWebhook(ports, principal, ref, (current) => {
    requireRevision(current, edit.revision);
    return {
      ...current,
      name: edit.name === undefined ? current.name : checkName(edit.name),
      description:
        edit.description === undefined ? current.description : checkDescription(edit.description),
      taskId: task?.id ?? current.taskId,
      overlap: edit.overlap ?? current.overlap,
      allowedAddresses:
        edit.allowedAddresses === undefined
          ? current.allowedAddresses
          : checkAddresses(edit.allowedAddresses),
      isEnabled: edit.isEnabled ?? current.isEnabled,
      ext: edit.ext ?? current.ext,
    };
  });
}

/** Writes what `change` makes of the webhook as it is stored then. */
export async function changeWebhook(
  ports: ServicePorts,
  principal: Principal,
  ref: WebhookRef,
  change: (current: Webhook) => Webhook,
): Promise<WebhookDetail> {
  const { id } = await findWebhook(ports, principal, ref);
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const current = await findWebhook(ports, principal, id);
    const now = await ports.store.now();
    const changed = { ...change(current), revision: current.revision + 1, updatedAt: now };
    const written = await ports.store.webhooks.update(changed);
    if (written === 'name_taken') throw webhookNameTaken(changed.name);
    if (written === 'updated') return detailOf(ports, principal, changed);
  }
  throw new Refusal('conflict', 'Others keep changing the webhook. Try again.');
}

function requireRevision({ revision }: Webhook, expected: number | undefined): void {
  if (expected === undefined || expected === revision) return;
  throw new Refusal(
    'conflict',
    `The webhook was changed meanwhile: its revision is ${revision}, not ${expected}. Read it again.`,
  );
}

function notItsOwn(field: string, instead: string): Refusal {
  return new Refusal(
    'invalid',
    `What this webhook starts was set when it was made, so "${field}" cannot be changed here. ${instead}.`,
  );
}
