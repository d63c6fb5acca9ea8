import type { AddressAnswerView } from '../api/address-input.ts';
import type { HookAnswerView, HookDeliveryView, WebhookView } from '../api/webhook-view.ts';
import { actionBody, type ActionFlags } from './action-body.ts';
import { openApi } from './api-client.ts';
import { usageFailure } from './cli-failure.ts';
import { answer, talk, type Context } from './context.ts';
import { compact, inPath, namedValue, query, readStdin, readText } from './read-flags.ts';
import { plainText } from './plain-text.ts';
import { sayCountdown, sayDuration, sayTime } from './say-time.ts';
import { sheet, table } from './table.ts';

type WebhookFlags = ActionFlags & {
  readonly description?: string;
  readonly task?: string;
  readonly scheme?: string;
  readonly senderSecret?: boolean;
  readonly overlap?: string;
  readonly allowFrom?: readonly string[];
};

type WithSecret = WebhookView & { readonly secret: string | null };

const SECRET_BYTES_MAX = 1_024;
const PAYLOAD_BYTES_MAX = 1_048_576;

export async function addWebhook(
  context: Context,
  name: string,
  argv: readonly string[],
  flags: WebhookFlags,
): Promise<void> {
  const fields = await fieldsOf(flags, argv, context);
  if ((fields['task'] === undefined) === (fields['action'] === undefined)) {
    throw usageFailure(
      'A webhook starts a task (--task) or an action of its own: a program after --, or --shell, --url, --agent, --model-provider or --remind.',
      `Such as: carillon webhooks add ${name} --task backup`,
    );
  }
  const secret = flags.senderSecret === true ? await readSecret() : undefined;
  const body = compact({ name, scheme: flags.scheme, secret, ...fields });
  const api = await openApi(context);
  const made = (await api.ask({ method: 'POST', path: '/webhooks', body })) as WithSecret;
  answer(context, made, () => `${sayWebhook(made)}\n${saySecret(made)}`);
}

export async function listWebhooks(
  context: Context,
  flags: { readonly task?: string; readonly limit?: string; readonly cursor?: string },
): Promise<void> {
  const api = await openApi(context);
  const page = (await api.ask({ method: 'GET', path: `/webhooks${query(flags)}` })) as {
    readonly webhooks: readonly WebhookView[];
    readonly next_cursor: string | null;
  };
  answer(context, page, () =>
    page.webhooks.length === 0
      ? 'There are no webhooks.'
      : table(
          ['NAME', 'STARTS', 'SCHEME', 'STATE', 'PATH'],
          page.webhooks.map((one) => [
            one.name,
            one.task ?? 'nothing: its task was deleted',
            one.scheme,
            one.is_enabled ? 'enabled' : 'disabled',
            one.path ?? '',
          ]),
        ),
  );
  sayMore(context, page.next_cursor);
}

export async function showWebhook(context: Context, webhook: string): Promise<void> {
  const api = await openApi(context);
  const path = `/webhooks/${inPath(webhook)}`;
  const shown = (await api.ask({ method: 'GET', path })) as WebhookView;
  answer(context, shown, () => sayWebhook(shown));
}

export async function editWebhook(
  context: Context,
  webhook: string,
  argv: readonly string[],
  flags: WebhookFlags & {
    readonly name?: string;
    readonly enable?: boolean;
    readonly disable?: boolean;
  },
): Promise<void> {
  if (flags.enable === true && flags.disable === true) {
    throw usageFailure('Type --enable or --disable, and not both.');
  }
  const isEnabled = flags.enable === true ? true : flags.disable === true ? false : undefined;
  const fields = await fieldsOf(flags, argv, context);
  const body = compact({ name: flags.name, is_enabled: isEnabled, ...fields });
  if (Object.keys(body).length === 0) {
    throw usageFailure('Nothing to change was named.', 'Type: carillon webhooks edit --help');
  }
  const api = await openApi(context);
  const path = `/webhooks/${inPath(webhook)}`;
  const changed = (await api.ask({ method: 'PATCH', path, body })) as WebhookView;
  answer(context, changed, () => sayWebhook(changed));
}

export async function rotateWebhook(
  context: Context,
  webhook: string,
  flags: { readonly overlap: string; readonly senderSecret?: boolean },
): Promise<void> {
  const secret = flags.senderSecret === true ? await readSecret() : undefined;
  const api = await openApi(context);
  const rotated = (await api.ask({
    method: 'POST',
    path: `/webhooks/${inPath(webhook)}/rotate`,
    body: compact({ overlap: flags.overlap, secret }),
  })) as WithSecret;
  answer(context, rotated, () =>
    [
      sayWebhook(rotated),
      saySecret(rotated),
      `The former one works for ${flags.overlap} more.`,
    ].join('\n'),
  );
}

export async function testWebhook(
  context: Context,
  webhook: string,
  payload: string | undefined,
): Promise<void> {
  const text = payload === '-' ? await readText('--payload', payload, PAYLOAD_BYTES_MAX) : payload;
  const body = text === undefined ? {} : { payload: parsed(text) };
  const api = await openApi(context);
  const path = `/webhooks/${inPath(webhook)}/test`;
  const said = (await api.ask({ method: 'POST', path, body })) as HookAnswerView;
  answer(context, said, () => sayAnswer(said));
}

export async function listDeliveries(
  context: Context,
  webhook: string,
  flags: { readonly limit?: string; readonly cursor?: string },
): Promise<void> {
  const api = await openApi(context);
  const path = `/webhooks/${inPath(webhook)}/deliveries${query(flags)}`;
  const page = (await api.ask({ method: 'GET', path })) as {
    readonly deliveries: readonly HookDeliveryView[];
    readonly next_cursor: string | null;
  };
  const now = Temporal.Now.instant();
  answer(context, page, () =>
    page.deliveries.length === 0
      ? 'Nothing was delivered yet.'
      : table(
          ['DELIVERY', 'WHEN', 'VERDICT', 'BY', 'RUN', 'BODY'],
          page.deliveries.map((one) => [
            String(one.id),
            sayCountdown(one.at, now),
            one.verdict,
            one.cause === 'sender' ? (one.source ?? 'sender') : one.cause,
            one.run ?? '',
            one.body.replaceAll(/\s+/g, ' ').slice(0, BODY_CHARS_SHOWN),
          ]),
        ),
  );
  sayMore(context, page.next_cursor);
}

export async function replayDelivery(context: Context, delivery: string): Promise<void> {
  const api = await openApi(context);
  const path = `/deliveries/${inPath(delivery)}/replay`;
  const said = (await api.ask({ method: 'POST', path })) as HookAnswerView;
  answer(context, said, () => sayAnswer(said));
}

export async function removeWebhook(context: Context, webhook: string): Promise<void> {
  const api = await openApi(context);
  await api.ask({ method: 'DELETE', path: `/webhooks/${inPath(webhook)}` });
  answer(context, { webhook }, () => `Forgot the webhook ${webhook}.`);
}

/** `carillon webhooks try`: what an address answers. */
export async function tryAddress(
  context: Context,
  url: string,
  flags: {
    readonly method?: string;
    readonly header?: readonly string[];
    readonly body?: string;
    readonly timeout: string;
  },
): Promise<void> {
  const headers = Object.fromEntries(
    (flags.header ?? []).map((text) => namedValue('--header', text, ':')),
  );
  const { method, body, timeout } = flags;
  const api = await openApi(context);
  const said = (await api.ask({
    method: 'POST',
    path: '/addresses/test',
    body: compact({ url, method, headers, body, timeout }),
  })) as AddressAnswerView;
  answer(context, said, () => sayAddress(said));
}

function sayAddress(said: AddressAnswerView): string {
  const { status, duration_ms: durationMs, message } = said;
  if (status === null) return `${message ?? ''} (${sayDuration(durationMs)})`;
  const headers = Object.entries(said.headers).map(([name, value]) => `${name}: ${value}`);
  const first = `${String(status)} in ${sayDuration(durationMs)}, ${String(said.body_bytes)} bytes, from ${said.url ?? ''}`;
  const lines = [first, ...headers, '', ...(said.body ?? '').split('\n')];
  return lines.map(plainText).join('\n');
}

const BODY_CHARS_SHOWN = 60;

async function fieldsOf(
  flags: WebhookFlags,
  argv: readonly string[],
  context: Context,
): Promise<Record<string, unknown>> {
  return compact({
    description: flags.description,
    task: flags.task,
    action: await actionBody(flags, argv, context),
    overlap: flags.overlap,
    allowed_addresses: flags.allowFrom,
  });
}

async function readSecret(): Promise<string> {
  const secret = (await readStdin(SECRET_BYTES_MAX)).replace(/\r?\n$/, '');
  if (secret === '') throw usageFailure('The secret on standard input is empty.');
  return secret;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageFailure('--payload must be JSON, such as {"action": "opened"}.');
  }
}

function sayWebhook(one: WebhookView): string {
  return sheet([
    ['name', one.name],
    ['id', one.id],
    ['address', one.url ?? one.path ?? 'not shown to you'],
    ['scheme', one.scheme],
    ['note', one.note ?? undefined],
    ['starts', one.task ?? 'nothing: its task was deleted'],
    ['while a run goes on', one.overlap],
    [
      'may call',
      one.allowed_addresses.length === 0 ? 'everybody' : one.allowed_addresses.join(' '),
    ],
    ['state', one.is_enabled ? 'enabled' : 'disabled'],
    [
      'former address',
      one.former_path_until === null
        ? undefined
        : `works until ${sayTime(one.former_path_until, one.timezone, Temporal.Now.instant())}`,
    ],
    ['description', one.description ?? undefined],
  ]);
}

function saySecret({ secret }: WithSecret): string {
  return secret === null
    ? 'It has no secret that could be shown.'
    : `Secret, shown this once: ${secret}`;
}

function sayAnswer({ delivery, verdict, run }: HookAnswerView): string {
  return `Delivery ${String(delivery)}: ${verdict}${run === null ? '' : `, started ${run}`}.`;
}

function sayMore(context: Context, cursor: string | null): void {
  if (cursor !== null && !context.isJson) talk(context, `There are more: add --cursor ${cursor}`);
}
