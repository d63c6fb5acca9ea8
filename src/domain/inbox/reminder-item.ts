import type { ReminderAction } from '../action.ts';
import type { Outcome } from '../outcome.ts';
import type { Run } from '../run.ts';
import {
  boundText,
  INBOX_BODY_CHARS_MAX,
  INBOX_TITLE_CHARS_MAX,
  type NewInboxItem,
} from './inbox-item.ts';

/** The item that keeps a reminder in the inbox, whether or not a channel could show it. */
export function reminderItem(run: Run, action: ReminderAction, outcome: Outcome): NewInboxItem {
  const { title, body } = outcome.result?.notice ?? action;
  return {
    kind: 'reminder',
    cause: `reminder:${run.id}`,
    namespace: run.namespace,
    taskId: run.taskId,
    taskName: run.taskName,
    runId: run.id,
    title: boundText(title, INBOX_TITLE_CHARS_MAX),
    body: boundText(body, INBOX_BODY_CHARS_MAX),
    notice: { channels: action.channels, level: 'info', sound: action.sound },
    deliveries: outcome.result?.deliveries ?? [],
    // The run itself has told it, or tried to.
    isTold: false,
  };
}

/** Whether somebody may have seen it. */
export function wasShown(item: Pick<NewInboxItem, 'deliveries'>): boolean {
  return item.deliveries.some((delivery) => delivery.isDelivered);
}
