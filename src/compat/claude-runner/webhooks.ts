import type { JsonObject } from '../../domain/json.ts';
import type { Services } from '../../service/services.ts';
import type { WebhookDetail } from '../../service/webhooks/webhook-requests.ts';
import { runnerAction } from './jobs.ts';
import { toTemplate } from './prompt-template.ts';
import type { RunnerSettings } from './settings-json.ts';
import { newWireId } from './wire-ids.ts';
import { wireTime, wireTimeOrNull } from './wire-time.ts';

type WebhookExt = { readonly prompt_template?: string };

export type NewWebhook = {
  readonly name: string;
  readonly prompt_template: string;
  readonly description?: string | undefined;
};

export type WebhookChange = {
  readonly name?: string | undefined;
  readonly prompt_template?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
};

const PAGE_ITEMS = 50;
const PAGES_MAX = 20;
/** Pages of deliveries that are counted: as many as are kept. */
const DELIVERY_PAGES_MAX = 4;

/** Nothing is signed here: the address is what a sender has to know. */
export function makeWebhook(services: Services, hook: NewWebhook): Promise<WebhookDetail> {
  const { name, prompt_template: template, description } = hook;
  const ext: WebhookExt = { prompt_template: template };
  return services.createWebhook({
    name,
    ...(description === undefined ? {} : { description }),
    action: runnerAction(toTemplate(template)),
    policies: { overlap: 'allow' },
    overlap: 'allow',
    scheme: 'path_token',
    token: crypto.randomUUID().replaceAll('-', ''),
    foreignId: newWireId(),
    ext: ext satisfies JsonObject,
  });
}

export async function changeWebhook(
  services: Services,
  { webhook }: WebhookDetail,
  change: WebhookChange,
): Promise<void> {
  const { name, prompt_template: template, description, enabled } = change;
  const ext: WebhookExt = template === undefined ? webhook.ext : { prompt_template: template };
  await services.editWebhook(webhook.id, {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(enabled === undefined ? {} : { isEnabled: enabled }),
    ...(template === undefined ? {} : { action: runnerAction(toTemplate(template)) }),
    ext: ext satisfies JsonObject,
  });
}

/** Newest first. */
export async function allWebhooks(services: Services): Promise<readonly WebhookDetail[]> {
  const found: WebhookDetail[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await services.listWebhooks({
      limit: PAGE_ITEMS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    ({ cursor } = page);
    if (cursor === undefined) break;
  }
  return found;
}

export async function wireWebhook(
  services: Services,
  detail: WebhookDetail,
  settings: RunnerSettings,
): Promise<JsonObject> {
  const { webhook } = detail;
  const { count, lastAt } = await triggersOf(services, webhook.id);
  return {
    id: webhook.foreignId ?? webhook.id,
    name: webhook.name,
    description: webhook.description ?? '',
    secret_token: webhook.token,
    prompt_template: templateOf(detail),
    created_at: wireTime(webhook.createdAt),
    updated_at: wireTime(webhook.updatedAt),
    last_triggered_at: wireTimeOrNull(lastAt),
    trigger_count: count,
    enabled: webhook.isEnabled ? 1 : 0,
    url: webhookUrl(detail, settings),
  };
}

/** As it was written. */
export function templateOf(detail: WebhookDetail | undefined): string {
  const ext: WebhookExt = detail?.webhook.ext ?? {};
  return ext.prompt_template ?? '';
}

export function webhookUrl({ webhook, base }: WebhookDetail, settings: RunnerSettings): string {
  return `${settings.publicUrl ?? base ?? ''}/webhook/${webhook.token}`;
}

export async function baseUrl(services: Services, { publicUrl }: RunnerSettings): Promise<string> {
  return publicUrl ?? (await services.getStatus()).daemon.address ?? '';
}

async function triggersOf(services: Services, id: string) {
  let count = 0;
  let lastAt: Temporal.Instant | undefined;
  let cursor: string | undefined;
  for (let pages = 0; pages < DELIVERY_PAGES_MAX; pages += 1) {
    const page = await services.listDeliveries({
      webhook: id,
      limit: PAGE_ITEMS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const taken = page.items.filter(({ verdict }) => verdict === 'accepted');
    count += taken.length;
    lastAt ??= taken[0]?.at;
    ({ cursor } = page);
    if (cursor === undefined) break;
  }
  return { count, lastAt };
}
