import type { RunId, TaskId } from './id.ts';

export type ChangeKind =
  | 'task.created'
  | 'task.updated'
  | 'task.paused'
  | 'task.resumed'
  | 'task.ended'
  | 'task.deleted'
  | 'task.undeleted'
  | 'run.queued'
  | 'run.started'
  | 'run.retrying'
  | 'run.cancelling'
  | 'run.succeeded'
  | 'run.failed'
  | 'run.cancelled'
  | 'run.held'
  | 'run.waiting'
  | 'occurrence.skipped'
  | 'occurrence.missed'
  | 'inbox.added'
  | 'inbox.changed'
  | 'webhook.changed'
  | 'webhook.delivered'
  | 'daemon.alarm'
  | 'daemon.stopped'
  | 'daemon.resumed';

/** Something that someone may be watching; written in the transaction that it tells of. */
export type Change = {
  /** Grows without gaps that matter: a watcher asks for what came after the last one it saw. */
  readonly id: number;
  readonly at: Temporal.Instant;
  readonly kind: ChangeKind;
  readonly taskId: TaskId | undefined;
  readonly runId: RunId | undefined;
};
