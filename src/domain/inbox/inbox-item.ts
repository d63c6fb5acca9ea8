import type { RunId, TaskId } from '../id.ts';
import type { Namespace } from '../principal.ts';
import type { Delivery } from '../outcome.ts';

/** Why an item is in the inbox. */
export type InboxKind =
  | 'reminder'
  | 'failure'
  | 'missed'
  | 'finding'
  | 'budget'
  | 'question'
  | 'approval';

export type InboxState =
  | { readonly kind: 'unread' }
  | { readonly kind: 'snoozed'; readonly until: Temporal.Instant }
  | { readonly kind: 'done' };

/** How urgent a notice is; channels have their own words for it. */
export type NoticeLevel = 'info' | 'warning' | 'urgent';

/** How an item is told through the channels, beside standing in the inbox. */
export type InboxNotice = {
  /** Names of channels in the order in which they are tried; the configured order when empty. */
  readonly channels: readonly string[];
  readonly level: NoticeLevel;
  /** Name of a sound, `none`, or absent for the channel's own. */
  readonly sound: string | undefined;
};

/** What is waiting to be told through the channels. */
export type PendingNotice = {
  readonly what: 'item' | 'recovery';
  /** When it is to be told, and when it first was. */
  readonly at: Temporal.Instant;
  readonly firstAt: Temporal.Instant;
  /** Times it was tried in vain. */
  readonly tries: number;
};

export function firstTry(what: PendingNotice['what'], at: Temporal.Instant): PendingNotice {
  return { what, at, firstAt: at, tries: 0 };
}

/** Something that a person should know of. It stays until somebody settles it. */
export type InboxItem = {
  /** Grows with every item; short, because people type it. */
  readonly id: number;
  readonly kind: InboxKind;
  /** Names what it is about: there is one item for one cause. */
  readonly cause: string;
  readonly namespace: Namespace;
  readonly taskId: TaskId | undefined;
  readonly taskName: string | undefined;
  /** The run it is about; the first one of a stretch of failures. */
  readonly runId: RunId | undefined;
  readonly title: string;
  readonly body: string;
  /** How often it has happened since, the first time included. */
  readonly count: number;
  readonly state: InboxState;
  /** When what was wrong was found to be right again. */
  readonly recoveredAt: Temporal.Instant | undefined;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
  readonly notice: InboxNotice;
  readonly pending: PendingNotice | undefined;
  /** The latest tries to tell it. */
  readonly deliveries: readonly Delivery[];
};

/** An item that is about to be written. */
export type NewInboxItem = Pick<
  InboxItem,
  | 'kind'
  | 'cause'
  | 'namespace'
  | 'taskId'
  | 'taskName'
  | 'runId'
  | 'title'
  | 'body'
  | 'notice'
  | 'deliveries'
> & {
  /** Whether the channels are to tell it. */
  readonly isTold: boolean;
};

export const INBOX_TITLE_CHARS_MAX = 200;
export const INBOX_BODY_CHARS_MAX = 4_000;

/** A text under its bound, marked where it was cut. */
export function boundText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const cut = text.slice(0, charsMax - 1);
  // Half of a surrogate pair is no character.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
