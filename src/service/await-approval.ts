import { hasExpired, type Approval, type ApprovalId } from '../domain/policy/approval.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { newsFrom } from './news.ts';
import type { ServicePorts, Services } from './services.ts';
import { WAIT_MS_MAX } from './wait-for-run.ts';

/** Another process may decide, which is not heard of here. */
const REREAD_MS = 1_000;
/** What was approved longest ago is forgotten; who waited for it reads what came of it as a sentence. */
const DONE_MAX = 64;

/** An approval as it is when the wait for it is over. */
export type AwaitedApproval = {
  readonly approval: Approval;
  /** Services whose approved call answers what came of it; absent unless it was done here, of late. */
  readonly services: Services | undefined;
};

/** What was approved in this process, for those who wait for it. */
export type Decisions = {
  keep(id: ApprovalId, done: Partial<Services>): void;
  doneOf(id: ApprovalId): Partial<Services> | undefined;
  tell(): void;
  listen(hear: () => void): () => void;
};

export function createDecisions(): Decisions {
  const done = new Map<ApprovalId, Partial<Services>>();
  const hearers = new Set<() => void>();
  return {
    keep: (id, services) => {
      done.set(id, services);
      const [oldest] = done.keys();
      if (done.size > DONE_MAX && oldest !== undefined) done.delete(oldest);
    },
    doneOf: (id) => done.get(id),
    tell: () => {
      for (const hear of hearers) hear();
    },
    listen: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}

/** Waits until an approval that the principal itself has asked for is decided and done, at most `timeoutMs`. */
export async function awaitApproval(
  { store, clock }: ServicePorts,
  decisions: Decisions,
  principal: Principal,
  id: ApprovalId,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Approval> {
  const endMs = clock.monotonicMs() + Math.min(WAIT_MS_MAX, Math.max(0, timeoutMs));
  const news = newsFrom(decisions.listen);
  try {
    for (;;) {
      news.forget();
      const approval = await store.approvals.get(id);
      if (approval?.principal.id !== principal.id) {
        throw new Refusal('not_found', 'You have asked for no approval of this id.');
      }
      const leftMs = endMs - clock.monotonicMs();
      const isOver = isConcluded(approval, clock.now()) || signal.aborted || !(leftMs > 0);
      if (isOver) return approval;
      await news.wait(clock, Math.min(REREAD_MS, leftMs), signal);
    }
  } finally {
    news.stop();
  }
}

function isConcluded(approval: Approval, now: Temporal.Instant): boolean {
  const { state, outcome } = approval;
  return state === 'denied' || outcome !== undefined || hasExpired(approval, now);
}
