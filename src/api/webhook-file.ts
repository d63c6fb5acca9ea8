import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { Task } from '../domain/task.ts';
import type { Services } from '../service/services.ts';
import type { WebhookDetail } from '../service/webhooks/webhook-requests.ts';
import { viewAction } from './action-view.ts';
import { createWebhookInput } from './webhook-input.ts';

/** A webhook in a file: how it is made, and the id by which its secret is found among the sealed ones. */
export const webhookInFile = createWebhookInput
  .omit({ secret: true })
  .extend({ id: z.string().max(100).optional() });
export type WebhookInFile = z.output<typeof webhookInFile>;

const PAGE_ITEMS = 50;

/** Carillon's own webhooks, by name. */
export async function allWebhooks(services: Services): Promise<readonly WebhookDetail[]> {
  const found: WebhookDetail[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE_ITEMS, ...(cursor === undefined ? {} : { cursor }) };
    const page = await services.listWebhooks(query);
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found
    .filter(({ webhook }) => webhook.namespace === 'native')
    .toSorted((one, other) => (one.webhook.name < other.webhook.name ? -1 : 1));
}

/**
 * The webhook as it can be made elsewhere, without its address and its secret; `undefined` when there is
 * no task that it starts.
 */
export function webhookForFile(
  { webhook, taskName }: WebhookDetail,
  task: Task | undefined,
): JsonObject | undefined {
  if (taskName === undefined || task === undefined) return undefined;
  const { id, name, description, scheme, overlap, allowedAddresses, isEnabled } = webhook;
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    ...(webhook.ownsTask ? { action: actionOf(task) } : { task: taskName }),
    scheme,
    overlap,
    ...(allowedAddresses.length === 0 ? {} : { allowed_addresses: [...allowedAddresses] }),
    ...(isEnabled ? {} : { is_enabled: false }),
  };
}

function actionOf({ definition }: Task): JsonObject {
  const entries = Object.entries(viewAction(definition.action));
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}
