import { homeNamespace, originOf, requireScope, type Principal } from '../../domain/principal.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import { parseAddressRange } from '../../domain/webhooks/address-range.ts';
import { TOKEN_CHARS, tokenOf, type Webhook } from '../../domain/webhooks/webhook.ts';
import { checkDescription, checkName } from '../check-text.ts';
import { createTask } from '../create-task.ts';
import { deleteTask } from '../delete-task.ts';
import { findTask } from '../find-task.ts';
import type { ServicePorts } from '../services.ts';
import { detailOf } from './webhooks.ts';
import type { WebhookDraft, WebhookWithSecret } from './webhook-requests.ts';
import {
  checkSecret,
  drawSecret,
  forgetWebhookSecret,
  keepWebhookSecret,
} from './webhook-secrets.ts';

/** Makes an address on which others start runs. Its secret is told here and never again. */
export async function createWebhook(
  ports: ServicePorts,
  principal: Principal,
  draft: WebhookDraft,
): Promise<WebhookWithSecret> {
  requireScope(principal, 'tasks:write');
  const { scheme = 'standard' } = draft;
  const name = checkName(draft.name);
  const namespace = homeNamespace(principal);
  const allowedAddresses = checkAddresses(draft.allowedAddresses ?? []);
  const given = draft.secret === undefined ? undefined : checkSecret(scheme, draft.secret);
  if (namespace === 'native') await requireFreeName(ports, name);
  const task = await taskOf(ports, principal, draft, name);
  const now = await ports.store.now();
  const webhook: Webhook = {
    id: ports.ids.webhookId(),
    namespace,
    foreignId: draft.foreignId,
    ext: draft.ext ?? {},
    name,
    description: checkDescription(draft.description),
    token: draft.token ?? tokenOf(ports.ids.randomBytes(TOKEN_CHARS)),
    formerToken: undefined,
    scheme,
    taskId: task.id,
    ownsTask: draft.action !== undefined,
    overlap: draft.overlap ?? 'queue_all',
    allowedAddresses,
    isEnabled: draft.isEnabled ?? true,
    revision: 1,
    origin: originOf(principal),
    createdAt: now,
    updatedAt: now,
  };
  const drawn =
    given === undefined && scheme !== 'path_token' ? drawSecret(ports, scheme) : undefined;
  const secret = given ?? drawn;
  // Before the webhook: one without its secret would turn away every sender.
  if (secret !== undefined) await keepWebhookSecret(ports, webhook.id, secret);
  if ((await ports.store.webhooks.insert(webhook)) === 'name_taken') {
    await forgetWebhookSecret(ports, webhook.id);
    if (webhook.ownsTask) await deleteTask(ports, principal, task.id);
    throw webhookNameTaken(name);
  }
  return { ...(await detailOf(ports, principal, webhook)), secret: drawn };
}

async function taskOf(
  ports: ServicePorts,
  principal: Principal,
  { task, action, policies, foreignId }: WebhookDraft,
  name: string,
): Promise<Task> {
  if (task !== undefined && action === undefined) return findTask(ports, principal, task);
  if (task === undefined && action !== undefined) {
    const made = await createTask(ports, principal, {
      name: `${KEPT_TASK_PREFIX}${name}`.slice(0, TASK_NAME_CHARS_MAX),
      action,
      policies: { overlap: 'queue_all', ...policies },
      ext: { webhook: foreignId ?? name },
    });
    return made.task;
  }
  throw new Refusal(
    'invalid',
    'A webhook starts either a task ("task") or an action of its own ("action"). Give one of the two.',
  );
}

const KEPT_TASK_PREFIX = 'webhook ';
const TASK_NAME_CHARS_MAX = 120;
const ADDRESSES_MAX = 64;

/** Refuses what is neither an address nor a range. */
export function checkAddresses(given: readonly string[]): readonly string[] {
  const texts = given.map((text) => text.trim());
  if (texts.length > ADDRESSES_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${texts.length} allowed addresses; the most is ${ADDRESSES_MAX}.`,
    );
  }
  const wrong = texts.find((text) => parseAddressRange(text) === undefined);
  if (wrong === undefined) return [...new Set(texts)];
  throw new Refusal(
    'invalid',
    `${JSON.stringify(wrong.slice(0, 60))} is not an address. Write one such as 192.0.2.7, or a range such as 192.0.2.0/24 or 2001:db8::/32.`,
  );
}

async function requireFreeName({ store }: ServicePorts, name: string): Promise<void> {
  const holder = await store.webhooks.find({ by: 'name', name, namespace: 'native' });
  if (holder !== undefined) throw webhookNameTaken(name);
}

export function webhookNameTaken(name: string): Refusal {
  return new Refusal(
    'conflict',
    `There is a webhook named ${JSON.stringify(name)} already. Choose another name, or edit that one.`,
  );
}
