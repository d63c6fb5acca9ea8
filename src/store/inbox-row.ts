import type { TaskId } from '../domain/id.ts';
import { firstTry } from '../domain/inbox/inbox-item.ts';
import type {
  InboxItem,
  InboxKind,
  InboxNotice,
  InboxState,
  NewInboxItem,
  PendingNotice,
} from '../domain/inbox/inbox-item.ts';
import type { Delivery } from '../domain/outcome.ts';
import { instantOf, instantOrAbsent, msOf } from './instants.ts';
import { runIdOf } from './run-row.ts';
import type { InboxRow, NewInboxRow } from './schema.ts';

export function inboxItemOf(row: InboxRow): InboxItem {
  return {
    id: row.id,
    kind: row.kind as InboxKind,
    cause: row.cause,
    namespace: row.namespace,
    taskId: (row.task_id ?? undefined) as TaskId | undefined,
    taskName: row.task_name ?? undefined,
    runId: row.run_id === null ? undefined : runIdOf(row.run_id),
    title: row.title,
    body: row.body,
    count: row.count,
    state: stateOf(row),
    recoveredAt: instantOrAbsent(row.recovered_at),
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
    notice: noticeOf(row.notice),
    pending: pendingOf(row),
    deliveries: JSON.parse(row.deliveries) as readonly Delivery[],
  };
}

function stateOf(row: InboxRow): InboxState {
  if (row.state === 'snoozed' && row.snoozed_until !== null) {
    return { kind: 'snoozed', until: instantOf(row.snoozed_until) };
  }
  return { kind: row.state === 'done' ? 'done' : 'unread' };
}

function noticeOf(text: string): InboxNotice {
  const json = JSON.parse(text) as Omit<InboxNotice, 'sound'> & { readonly sound?: string };
  return { ...json, sound: json.sound };
}

function pendingOf(row: InboxRow): PendingNotice | undefined {
  if (row.pending_at === null) return undefined;
  return {
    what: row.pending_what === 'recovery' ? 'recovery' : 'item',
    at: instantOf(row.pending_at),
    firstAt: instantOf(row.pending_first_at ?? row.pending_at),
    tries: row.pending_tries,
  };
}

export function newInboxRow(item: NewInboxItem, at: Temporal.Instant): NewInboxRow {
  const ms = msOf(at);
  return {
    kind: item.kind,
    cause: item.cause,
    namespace: item.namespace,
    task_id: item.taskId ?? null,
    task_name: item.taskName ?? null,
    run_id: item.runId ?? null,
    title: item.title,
    body: item.body,
    count: 1,
    state: 'unread',
    snoozed_until: null,
    recovered_at: null,
    created_at: ms,
    updated_at: ms,
    notice: JSON.stringify(item.notice),
    deliveries: JSON.stringify(item.deliveries),
    ...pendingColumns(item.isTold ? firstTry('item', at) : undefined),
  };
}

export function stateColumns(state: InboxState) {
  return {
    state: state.kind,
    snoozed_until: state.kind === 'snoozed' ? msOf(state.until) : null,
  };
}

export function pendingColumns(pending: PendingNotice | undefined) {
  return {
    pending_what: pending?.what ?? null,
    pending_at: pending === undefined ? null : msOf(pending.at),
    pending_first_at: pending === undefined ? null : msOf(pending.firstAt),
    pending_tries: pending?.tries ?? 0,
  };
}
