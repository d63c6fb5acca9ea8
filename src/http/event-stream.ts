import { viewChange } from '../api/change-view.ts';
import type { Change } from '../domain/change.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Services } from '../service/services.ts';

const KEEP_ALIVE_MS = 15_000;
/** In a cluster another process may make a change, whose announcement does not reach us. */
const LOOK_MS = 5_000;
const RETRY_MS = 2_000;
/** Changes that are read and sent in one go; a reader that is behind gets no more before it has read them. */
const BATCH_CHANGES = 100;

export type StreamStart = {
  /** `resync`: what came before is not told; the reader is to read everything anew. */
  readonly kind: 'after' | 'resync';
  /** Changes after this one are told. */
  readonly id: number;
};

/**
 * Server-sent events: the changes after the start, then every new one, and now and then the time. Nothing is held for a slow
 * reader but one batch; one that has read nothing between two signs of life is let go, and comes
 * back with the id of the last change it saw.
 */
export function eventStream(
  services: Services,
  announcer: Announcer,
  clock: Clock,
  start: StreamStart,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let last = start.id;
  let isOver = false;
  let stopTimer: () => void = () => undefined;
  let wake: () => void = () => undefined;
  const stopListening = announcer.listen(() => wake());
  const end = (): void => {
    isOver = true;
    stopListening();
    stopTimer();
    wake();
  };

  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const close = (): void => {
          if (isOver) return;
          end();
          controller.close();
        };
        controller.enqueue(
          encoder.encode(`retry: ${RETRY_MS}\n: connected\n\n${timeEvent(clock)}`),
        );
        if (start.kind === 'resync') controller.enqueue(encoder.encode(resyncEvent(start.id)));
        let wasFull = false;
        const keepAlive = (): void => {
          const isFull = (controller.desiredSize ?? 0) <= 0;
          if (isFull && wasFull) {
            close();
            return;
          }
          wasFull = isFull;
          if (!isFull) controller.enqueue(encoder.encode(`: keep-alive\n\n${timeEvent(clock)}`));
          stopTimer = clock.setTimer(KEEP_ALIVE_MS, keepAlive);
        };
        stopTimer = clock.setTimer(KEEP_ALIVE_MS, keepAlive);
        if (signal.aborted) close();
        else signal.addEventListener('abort', close, { once: true });
      },
      pull: async (controller) => {
        for (;;) {
          const news = new Promise<void>((resolve) => {
            wake = resolve;
          });
          const changes = await services.listChanges(last, BATCH_CHANGES);
          if (isOver) return;
          if (changes.length > 0) {
            last = changes.at(-1)?.id ?? last;
            controller.enqueue(encoder.encode(changes.map(asEvent).join('')));
            return;
          }
          await newsOrTime(news, clock);
        }
      },
      cancel: end,
    },
    // Small, so that a full queue means a reader that does not read.
    { highWaterMark: 2 },
  );
}

async function newsOrTime(news: Promise<void>, clock: Clock): Promise<void> {
  let stop: () => void = () => undefined;
  const time = new Promise<void>((resolve) => {
    stop = clock.setTimer(LOOK_MS, resolve);
  });
  await Promise.race([news, time]);
  stop();
}

/** For clocks that count down on a machine whose own is wrong. It has no id: it is nothing to go on from. */
function timeEvent(clock: Clock): string {
  return `event: time\ndata: ${JSON.stringify({ now: clock.now().toString() })}\n\n`;
}

function resyncEvent(lastId: number): string {
  return `id: ${lastId}\nevent: resync\ndata: ${JSON.stringify({ last_id: lastId })}\n\n`;
}

function asEvent(change: Change): string {
  return `id: ${change.id}\nevent: ${change.kind}\ndata: ${JSON.stringify(viewChange(change))}\n\n`;
}
