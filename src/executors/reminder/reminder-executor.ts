import type { ReminderAction } from '../../domain/action.ts';
import {
  boundText,
  INBOX_BODY_CHARS_MAX,
  INBOX_TITLE_CHARS_MAX,
} from '../../domain/inbox/inbox-item.ts';
import type { Delivery, Outcome, RunResult } from '../../domain/outcome.ts';
import type { Channels } from '../../ports/channels.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Execution, Executor, Sink } from '../../ports/executor.ts';

export type ReminderExecutorOptions = {
  readonly channels: Pick<Channels, 'deliver'>;
  readonly clock: Clock;
};

/** Tells a person something, by the first channel that can. */
export function reminderExecutor(options: ReminderExecutorOptions): Executor<ReminderAction> {
  return {
    kind: 'reminder',
    execute: (execution, sink, signal) => remind(options, execution, sink, signal),
  };
}

async function remind(
  { channels, clock }: ReminderExecutorOptions,
  { run, action }: Execution<ReminderAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> {
  const startedMs = clock.monotonicMs();
  const { title, body, sound } = action;
  const notice = { key: run.id, title, body, level: 'info', sound } as const;
  const deliveries = await channels.deliver(action.channels, notice, signal);
  sink.write('stdout', Buffer.from(deliveries.map(tellDelivery).join('')));
  const result: RunResult = {
    exitCode: undefined,
    signal: undefined,
    httpStatus: undefined,
    httpHeaders: undefined,
    durationMs: Math.round(clock.monotonicMs() - startedMs),
    outputBytes: sink.bytes,
    outputIsCut: sink.isCut,
    deliveries,
    notice: {
      title: boundText(title, INBOX_TITLE_CHARS_MAX),
      body: boundText(body, INBOX_BODY_CHARS_MAX),
    },
  };
  if (deliveries.some((delivery) => delivery.isDelivered)) return { kind: 'succeeded', result };
  if (signal.aborted) return { kind: 'cancelled', message: 'It was stopped.', result };
  return {
    kind: 'failed',
    reason: 'not_delivered',
    message: `No channel could show the reminder; it is unread in the inbox. ${sayTries(deliveries)}`,
    retryable: true,
    result,
  };
}

function tellDelivery({ channel, note }: Delivery): string {
  return `${channel}: ${note}\n`;
}

/** Tries that a message names; the result has all of them. */
const TRIES_SAID_MAX = 4;

function sayTries(deliveries: readonly Delivery[]): string {
  return deliveries
    .slice(0, TRIES_SAID_MAX)
    .map(({ channel, note }) => `${channel}: ${note}`)
    .join(' ');
}
