import type { RunId, TaskId } from '../id.ts';
import type { JsonObject } from '../json.ts';
import type { OverlapPolicy } from '../policies.ts';
import type { Namespace, Origin } from '../principal.ts';

export type WebhookId = `hook_${string}`;

/** How a sender proves who it is. `path_token` is the address alone: whoever knows it may call. */
export type SignatureScheme = 'standard' | 'github' | 'timestamped' | 'path_token';

export const SIGNATURE_SCHEMES = ['standard', 'github', 'timestamped', 'path_token'] as const;

/** An address on which somebody else starts runs of a task. */
export type Webhook = {
  readonly id: WebhookId;
  readonly namespace: Namespace;
  /** The id that a compatibility profile knows it by; unique in its namespace. */
  readonly foreignId: string | undefined;
  /** Fields that only a compatibility profile understands. */
  readonly ext: JsonObject;
  /** Unique in the native namespace. */
  readonly name: string;
  readonly description: string | undefined;
  /** The last part of its address: 130 random bits. */
  readonly token: string;
  /** An earlier address that still works for a while. */
  readonly formerToken: { readonly token: string; readonly until: Temporal.Instant } | undefined;
  readonly scheme: SignatureScheme;
  readonly taskId: TaskId;
  /** Whether the task was made for the webhook, from the action kept with it, and goes with it. */
  readonly ownsTask: boolean;
  /** What happens to a delivery while a run of the task is unfinished. */
  readonly overlap: OverlapPolicy;
  /** Addresses and ranges in CIDR form that may call; everybody when empty. */
  readonly allowedAddresses: readonly string[];
  readonly isEnabled: boolean;
  /** Grows by one with every change. */
  readonly revision: number;
  readonly origin: Origin;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
};

/** What was decided about a delivery. Only `accepted` starts a run. */
export type Verdict =
  | 'accepted'
  /** Its task is paused, or another run was in the way and the overlap policy skips. */
  | 'skipped'
  | 'duplicate'
  | 'bad_signature'
  /** Signed more than five minutes ago, or as much in the future. */
  | 'late'
  | 'too_large'
  | 'limited'
  | 'foreign_address'
  /** Its task was deleted. */
  | 'no_task';

/** What came of one request to a webhook. */
export type WebhookDelivery = {
  readonly id: number;
  readonly webhookId: WebhookId;
  readonly at: Temporal.Instant;
  readonly verdict: Verdict;
  /** The sender's own id of what it tells; the same when it tells it again. */
  readonly senderId: string | undefined;
  /** Address of the socket; absent for replays and tests. */
  readonly source: string | undefined;
  readonly cause: DeliveryCause;
  /** The headers that matter, secrets masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body as text, secrets masked. */
  readonly body: string;
  readonly bodyBytes: number;
  readonly isBodyCut: boolean;
  readonly runId: RunId | undefined;
  /** The delivery that it repeats, for replays. */
  readonly replayOf: number | undefined;
};

export type DeliveryCause = 'sender' | 'test' | 'replay';

export type NewDelivery = Omit<WebhookDelivery, 'id' | 'runId'>;

export const TOKEN_CHARS = 26;
/** Those of profiles may be longer. */
export const TOKEN_CHARS_MAX = 64;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** @param random 26 random bytes, of which five bits each are used. */
export function tokenOf(random: Uint8Array): string {
  return Array.from(random.subarray(0, TOKEN_CHARS), (byte) => ALPHABET.charAt(byte & 31)).join('');
}

/** Whether a request with this token is meant for the webhook now. */
export function answersTo(webhook: Webhook, token: string, now: Temporal.Instant): boolean {
  if (webhook.token === token) return true;
  const { formerToken } = webhook;
  return formerToken?.token === token && Temporal.Instant.compare(now, formerToken.until) < 0;
}

export function isWebhookId(text: string): text is WebhookId {
  return /^hook_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text);
}
