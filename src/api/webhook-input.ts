import { z } from 'zod';
import { SIGNATURE_SCHEMES } from '../domain/webhooks/webhook.ts';
import type { Json } from '../domain/json.ts';
import type {
  RotateRequest,
  WebhookDraft,
  WebhookEdit,
} from '../service/webhooks/webhook-requests.ts';
import { actionInput, toAction } from './action-input.ts';
import { given } from './given.ts';
import { parseDurationMs } from '../domain/schedule/duration.ts';
import { OVERLAP_POLICIES } from './policies-input.ts';

// What the routes under `/api/v1/webhooks` take: path, query and body as one object.

const PAGE_ITEMS_MAX = 50;
const DIGITS_MAX = 15;

const webhook = z.string().min(1);
const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(PAGE_ITEMS_MAX))
  .optional();
const cursor = z.string().optional();

const shape = {
  description: z.string().optional(),
  task: z.string().min(1).optional(),
  action: actionInput.optional(),
  overlap: z.enum(OVERLAP_POLICIES).optional(),
  allowed_addresses: z.array(z.string()).optional(),
  is_enabled: z.boolean().optional(),
};

export const createWebhookInput = z.strictObject({
  name: z.string(),
  ...shape,
  scheme: z.enum(SIGNATURE_SCHEMES).optional(),
  secret: z.string().optional(),
});

export const editWebhookInput = z.strictObject({
  webhook,
  name: z.string().optional(),
  ...shape,
  revision: z.int().optional(),
});

export const webhookPath = z.strictObject({ webhook });
export const webhooksQuery = z.strictObject({ task: z.string().optional(), limit, cursor });
export const deliveriesQuery = z.strictObject({ webhook, limit, cursor });
export const rotateInput = z.strictObject({
  webhook,
  secret: z.string().optional(),
  /** A length of time such as `24h`. */
  overlap: z.string().optional(),
});
export const testWebhookInput = z.strictObject({ webhook, payload: z.unknown().optional() });
export const deliveryPath = z.strictObject({
  delivery: z
    .string()
    .regex(new RegExp(`^\\d{1,${DIGITS_MAX}}$`), 'must be a whole number')
    .transform(Number),
});

export function toWebhookDraft(input: z.output<typeof createWebhookInput>): WebhookDraft {
  const { name, scheme, secret, ...rest } = input;
  return { name, ...given({ scheme, secret }), ...toFields(rest) };
}

export function toWebhookEdit(
  input: Omit<z.output<typeof editWebhookInput>, 'webhook'>,
): WebhookEdit {
  const { name, revision, ...rest } = input;
  return { ...given({ name, revision }), ...toFields(rest) };
}

export function toRotation(input: z.output<typeof rotateInput>): RotateRequest {
  const { secret, overlap } = input;
  const overlapMs = overlap === undefined ? undefined : parseDurationMs(overlap);
  return given({ secret, overlapMs });
}

export function toPayload(payload: unknown): Json | undefined {
  return payload as Json | undefined;
}

function toFields({
  description,
  task,
  action,
  overlap,
  allowed_addresses: allowedAddresses,
  is_enabled: isEnabled,
}: z.output<z.ZodObject<typeof shape>>) {
  return given({
    description,
    task,
    action: action === undefined ? undefined : toAction(action, undefined),
    overlap,
    allowedAddresses,
    isEnabled,
  });
}
