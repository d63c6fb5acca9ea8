import type { Action } from '../../domain/action.ts';
import type { RunId } from '../../domain/id.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { OverlapPolicy } from '../../domain/policies.ts';
import type { SignatureScheme, Verdict, Webhook } from '../../domain/webhooks/webhook.ts';
import type { PoliciesDraft, TaskRef } from '../services.ts';

/** A webhook named by its id, its unique name, or a profile's id. */
export type WebhookRef = string;

export type WebhookDraft = {
  readonly name: string;
  readonly description?: string;
  /** The task that it starts; this or an action. */
  readonly task?: TaskRef;
  /** Kept with the webhook as a task without a schedule, which goes with it. */
  readonly action?: Action;
  /** Of the kept action's task. */
  readonly policies?: PoliciesDraft;
  /** `standard` when absent. */
  readonly scheme?: SignatureScheme;
  /** The sender's own secret, where the sender makes it; one is drawn when absent. */
  readonly secret?: string;
  /** `queue_all` when absent: what was delivered is not lost while a run goes on. */
  readonly overlap?: OverlapPolicy;
  readonly allowedAddresses?: readonly string[];
  readonly isEnabled?: boolean;
  readonly foreignId?: string;
  /** The last part of its address, for profiles; drawn when absent. */
  readonly token?: string;
  readonly ext?: JsonObject;
};

/** Fields that are absent stay as they are. */
export type WebhookEdit = Partial<
  Omit<WebhookDraft, 'scheme' | 'secret' | 'foreignId' | 'token' | 'policies'>
> & {
  /** Refused as `conflict` when the webhook has another revision by now. */
  readonly revision?: number;
};

export type RotateRequest = {
  /** The sender's own new secret; one is drawn when absent. */
  readonly secret?: string;
  /** How long the former one goes on working, in milliseconds. */
  readonly overlapMs?: number;
};

/** A webhook with what it starts. */
export type WebhookDetail = {
  readonly webhook: Webhook;
  /** Absent when its task was deleted. */
  readonly taskName: string | undefined;
  /** Whether this caller may know its address. */
  readonly showsAddress: boolean;
  /** Stands before its path: the public address of the daemon, or the one that it listens at. */
  readonly base: string | undefined;
};

/** A webhook with its secret, which is told this once. */
export type WebhookWithSecret = WebhookDetail & {
  /** Absent for a scheme without one, and when the caller gave it. */
  readonly secret: string | undefined;
};

export type ListWebhooksQuery = {
  readonly task?: TaskRef;
  readonly limit?: number;
  readonly cursor?: string;
};

export type ListDeliveriesQuery = {
  readonly webhook: WebhookRef;
  readonly limit?: number;
  readonly cursor?: string;
};

export type TestWebhookRequest = {
  readonly webhook: WebhookRef;
  /** The body; an object that says that it is a test when absent. */
  readonly payload?: Json;
};

/** A request to a webhook, as it came in. */
export type HookRequest = {
  /** Address of the socket. */
  readonly source: string | undefined;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
};

export type HookAnswer = {
  readonly deliveryId: number;
  readonly verdict: Verdict;
  readonly runId: RunId | undefined;
};

/** Where senders come in; they have no principal. */
export type HookDoor = {
  /** The webhook that answers at this token; `undefined` for none and for one that is disabled. */
  find(token: string): Promise<Webhook | undefined>;
  /** Checks the request, and writes down what comes of it before it answers. */
  receive(webhook: Webhook, request: HookRequest): Promise<HookAnswer>;
  /** Writes down a request that was turned away before its body was read. */
  turnAway(
    webhook: Webhook,
    verdict: 'limited' | 'too_large' | 'foreign_address',
    request: Omit<HookRequest, 'body'>,
  ): Promise<void>;
};
