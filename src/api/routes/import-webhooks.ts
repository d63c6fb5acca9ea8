import type { Services } from '../../service/services.ts';
import { toWebhookDraft, toWebhookEdit } from '../webhook-input.ts';
import { allWebhooks, webhookForFile, type WebhookInFile } from '../webhook-file.ts';
import { holds } from '../task-file.ts';

export type ImportedWebhook = {
  readonly name: string;
  readonly did: 'created' | 'updated' | 'unchanged';
};

/**
 * Makes and changes webhooks by their names, after the tasks that they start. One that is made has a new
 * address, and the secret that was sealed for it; one that is there keeps its own.
 */
export async function importWebhooks(
  services: Services,
  said: readonly WebhookInFile[],
  secrets: ReadonlyMap<string, string>,
  isTrial: boolean,
): Promise<readonly ImportedWebhook[]> {
  if (said.length === 0) return [];
  const known = new Map(
    (await allWebhooks(services)).map((detail) => [detail.webhook.name, detail] as const),
  );
  const tasks = new Map((await services.allTasks()).map((task) => [task.id, task] as const));
  const imported: ImportedWebhook[] = [];
  for (const { id, ...webhook } of said) {
    const before = known.get(webhook.name);
    const held = before && webhookForFile(before, tasks.get(before.webhook.taskId));
    const isSame = held !== undefined && holds(held, webhook, DEFAULTS);
    const did = before === undefined ? 'created' : isSame ? 'unchanged' : 'updated';
    if (!isTrial && before === undefined) {
      const secret = id === undefined ? undefined : secrets.get(id);
      const draft = toWebhookDraft(webhook);
      await services.createWebhook(secret === undefined ? draft : { ...draft, secret });
    } else if (!isTrial && before !== undefined && !isSame) {
      const { scheme: _, ...edit } = webhook;
      await services.editWebhook(before.webhook.id, toWebhookEdit(edit));
    }
    imported.push({ name: webhook.name, did });
  }
  return imported;
}

/** What a file leaves out. */
const DEFAULTS = { is_enabled: true };
