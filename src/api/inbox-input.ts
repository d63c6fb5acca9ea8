import { z } from 'zod';
import type { InboxKind } from '../domain/inbox/inbox-item.ts';
import type { Settlement } from '../domain/inbox/settle-item.ts';
import { Refusal } from '../domain/refusal.ts';
import { parseLaterInput } from './instant-input.ts';

export const SETTLEMENTS = ['done', 'snooze', 'unread'] as const;

/** `until` goes with `snooze` and with nothing else. */
export function toSettlement(
  as: (typeof SETTLEMENTS)[number],
  until: string | undefined,
  zone: string,
  now: Temporal.Instant,
): Settlement {
  if ((as === 'snooze') !== (until !== undefined)) {
    throw new Refusal(
      'invalid',
      as === 'snooze'
        ? '"until" is needed to snooze: a length of time such as "2h", or a time.'
        : '"until" goes only with "snooze".',
    );
  }
  if (as === 'snooze') {
    return { kind: 'snooze', until: parseLaterInput('until', until ?? '', zone, now) };
  }
  return { kind: as };
}

const PAGE_ITEMS_MAX = 50;
const ITEM_ID_CHARS_MAX = 15;
const INBOX_KINDS = [
  'reminder',
  'failure',
  'missed',
  'finding',
  'budget',
  'question',
  'approval',
] as const satisfies readonly InboxKind[];
const INBOX_STATES = ['unread', 'snoozed', 'done'] as const;

/** A number as a path or a query writes it. */
const digits = z
  .string()
  .regex(new RegExp(`^\\d{1,${ITEM_ID_CHARS_MAX}}$`), 'must be a whole number')
  .transform(Number);

export const inboxQuery = z.strictObject({
  states: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(INBOX_STATES)))
    .optional(),
  kinds: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(INBOX_KINDS)))
    .optional(),
  limit: digits.pipe(z.int().min(1).max(PAGE_ITEMS_MAX)).optional(),
  cursor: z.string().optional(),
});

export const settleInput = z.strictObject({
  item: digits,
  as: z.enum(SETTLEMENTS),
  until: z.string().optional(),
});

export const channelTestInput = z.strictObject({ channel: z.string().min(1).optional() });
