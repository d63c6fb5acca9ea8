import { requireScope, type Principal } from '../../domain/principal.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Webhook } from '../../domain/webhooks/webhook.ts';
import type { Page } from '../../ports/store.ts';
import { deleteTask } from '../delete-task.ts';
import { findTask } from '../find-task.ts';
import { pageLimit } from '../page-limit.ts';
import type { ServicePorts } from '../services.ts';
import { findWebhook } from './find-webhook.ts';
import type { ListWebhooksQuery, WebhookDetail, WebhookRef } from './webhook-requests.ts';
import { forgetWebhookSecret } from './webhook-secrets.ts';

export async function getWebhook(
  ports: ServicePorts,
  principal: Principal,
  ref: WebhookRef,
): Promise<WebhookDetail> {
  requireScope(principal, 'tasks:read');
  return detailOf(ports, principal, await findWebhook(ports, principal, ref));
}

/** Newest first. */
export async function listWebhooks(
  ports: ServicePorts,
  principal: Principal,
  { task, limit, cursor }: ListWebhooksQuery,
): Promise<Page<WebhookDetail>> {
  requireScope(principal, 'tasks:read');
  const taskId = task === undefined ? undefined : (await findTask(ports, principal, task)).id;
  const filter = { namespace: principal.namespace, taskId };
  const page = await ports.store.webhooks.list(filter, pageLimit(limit), cursor);
  const items = await Promise.all(page.items.map((webhook) => detailOf(ports, principal, webhook)));
  return { items, cursor: page.cursor };
}

/** Forgets the webhook, its deliveries, its secret, and the task that was made for it; runs are kept. */
export async function removeWebhook(
  ports: ServicePorts,
  principal: Principal,
  ref: WebhookRef,
): Promise<Webhook> {
  requireScope(principal, 'tasks:write');
  const webhook = await findWebhook(ports, principal, ref);
  await ports.store.webhooks.remove(webhook.id, await ports.store.now());
  await forgetWebhookSecret(ports, webhook.id);
  if (webhook.ownsTask) await deleteTask(ports, principal, webhook.taskId).catch(ignoreGone);
  return webhook;
}

/** Who may start runs may know the address, which is enough to start them where nothing is signed. */
export async function detailOf(
  { store, settings, daemon }: ServicePorts,
  { kind, scopes }: Principal,
  webhook: Webhook,
): Promise<WebhookDetail> {
  const task = await store.findTask({ by: 'id', id: webhook.taskId });
  return {
    webhook,
    taskName: task?.definition.name,
    base: settings.publicUrl ?? daemon().address,
    // A run starts the tasks of its own making and no others.
    showsAddress:
      kind !== 'agent_run' && (scopes.includes('tasks:run') || scopes.includes('admin')),
  };
}

function ignoreGone(error: unknown): void {
  if (error instanceof Refusal && error.code === 'not_found') return;
  throw error;
}
