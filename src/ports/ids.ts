import type { RunId, TaskId } from '../domain/id.ts';
import type { WebhookId } from '../domain/webhooks/webhook.ts';

/** Where new ids and other random numbers come from. */
export type Ids = {
  taskId(): TaskId;
  runId(): RunId;
  webhookId(): WebhookId;
  /** Bytes that nobody can guess. */
  randomBytes(count: number): Uint8Array<ArrayBuffer>;
  /** A number from 0 inclusive to 1 exclusive. */
  random(): number;
};
