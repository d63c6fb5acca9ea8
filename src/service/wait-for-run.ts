import type { RunId } from '../domain/id.ts';
import type { Principal } from '../domain/principal.ts';
import { isFinal } from '../domain/run.ts';
import { getRun } from './get-run.ts';
import { newsFrom } from './news.ts';
import type { RunDetail, ServicePorts } from './services.ts';

/** Clients give up on a call after 60 s or less, so no call waits longer than this. */
export const WAIT_MS_MAX = 45_000;

/** In a cluster another process may end the run, whose announcement does not reach us. */
const REREAD_MS = 1_000;

/** Answers when the run has ended, when `timeoutMs` is over or when `signal` aborts: with the run as it is. */
export async function waitForRun(
  ports: ServicePorts,
  principal: Principal,
  id: RunId,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RunDetail> {
  const waitMs = Math.min(WAIT_MS_MAX, Math.max(0, timeoutMs));
  const endMs = ports.clock.monotonicMs() + waitMs;
  const news = newsFrom((hear) =>
    ports.announcer.listen((changes) => {
      if (changes.some((change) => change.runId === id)) hear();
    }),
  );
  try {
    for (;;) {
      news.forget();
      const detail = await getRun(ports, principal, id);
      const leftMs = endMs - ports.clock.monotonicMs();
      if (isFinal(detail.run.state) || signal.aborted || !(leftMs > 0)) return detail;
      await news.wait(ports.clock, Math.min(REREAD_MS, leftMs), signal);
    }
  } finally {
    news.stop();
  }
}
