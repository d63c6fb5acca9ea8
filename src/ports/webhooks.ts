import type { RunId, TaskId } from '../domain/id.ts';
import type { Namespace } from '../domain/principal.ts';
import type {
  NewDelivery,
  Verdict,
  Webhook,
  WebhookDelivery,
  WebhookId,
} from '../domain/webhooks/webhook.ts';
import type { NewRun, Page } from './store.ts';

export type WebhookReference =
  | { readonly by: 'id'; readonly id: WebhookId }
  | { readonly by: 'name'; readonly name: string; readonly namespace: Namespace }
  | { readonly by: 'foreign_id'; readonly foreignId: string; readonly namespace: Namespace }
  /** The current token or an earlier one. */
  | { readonly by: 'token'; readonly token: string };

export type WebhookFilter = {
  readonly namespace: Namespace | 'all';
  readonly taskId: TaskId | undefined;
};

/** What is written of a delivery, and what it starts. */
export type DeliveryRecord = {
  readonly delivery: NewDelivery;
  /**
   * Tells repeats apart from new ones: with one that was recorded in the last 7 days the delivery is a
   * `duplicate` and starts nothing.
   */
  readonly dedupeKey: string | undefined;
  readonly run: NewRun | undefined;
  /** The task of the webhook, for those who watch. */
  readonly taskId: TaskId;
};

export type RecordedDelivery = {
  readonly id: number;
  /** `duplicate` and `skipped` are found out here. */
  readonly verdict: Verdict;
  /** The run that it started, or that the first of its kind did. */
  readonly runId: RunId | undefined;
};

/** Addresses on which others start runs, and what was delivered there. */
export type Webhooks = {
  insert(webhook: Webhook): Promise<'inserted' | 'name_taken'>;
  find(reference: WebhookReference): Promise<Webhook | undefined>;
  /** Newest first. */
  list(filter: WebhookFilter, limit: number, cursor: string | undefined): Promise<Page<Webhook>>;
  /** Replaces the webhook whose revision is `webhook.revision - 1`. */
  update(webhook: Webhook): Promise<'updated' | 'stale' | 'name_taken'>;
  /** Forgets the webhook and its deliveries. @returns `false` when there was none. */
  remove(id: WebhookId, at: Temporal.Instant): Promise<boolean>;
  /** Writes the delivery and queues its run, in one transaction. Older deliveries beyond the bound go. */
  record(record: DeliveryRecord): Promise<RecordedDelivery>;
  getDelivery(id: number): Promise<WebhookDelivery | undefined>;
  /** Newest first. */
  listDeliveries(
    webhookId: WebhookId,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<WebhookDelivery>>;
};

/** Deliveries that are kept of one webhook. */
export const DELIVERIES_KEPT_MAX = 200;
/** How long a delivery is kept, in milliseconds. */
export const DELIVERY_MS_MAX = 30 * 24 * 3_600_000;
/** How long a repeat is recognised, in milliseconds. */
export const DEDUPE_MS = 7 * 24 * 3_600_000;
