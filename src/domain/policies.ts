import type { ActionKind } from './action.ts';
import type { AlertPolicy } from './alerts/alert-policy.ts';
import type { Budget } from './budget/budget.ts';
import type { Compare } from './difference/compare.ts';
import type { AskPolicy, SuccessPolicy } from './success/success-policy.ts';
import type { Gates } from './gates/gate.ts';

export type CatchUpMode = 'none' | 'latest' | 'all';
export type OverlapPolicy = 'skip' | 'queue_one' | 'queue_all' | 'replace' | 'allow';

/** What happens to occurrences that came due and were not started on time. */
export type CatchUp = {
  readonly mode: CatchUpMode;
  /** How late an occurrence may start and still be worth running, in milliseconds. */
  readonly windowMs: number;
  /** The stretch over which the runs of `all` are spread after a wake-up, in milliseconds. */
  readonly spreadMs: number;
};

/** How many attempts a run may have, and how long it waits between them. */
export type RetryPolicy = {
  /** Attempts in all; 1 means no retry. */
  readonly attemptsMax: number;
  readonly backoffMs: number;
  /** Each wait is this many times the one before. */
  readonly backoffFactor: number;
  readonly backoffMsMax: number;
  /** Share of a wait that is drawn at random, 0 to 1. */
  readonly jitterRatio: number;
  /** Whether a lost attempt may be tried again although it may have had its effect. */
  readonly retriesLost: boolean;
};

/** How long finished runs and their output are kept. */
export type Retention = {
  readonly runsMax: number;
  readonly ageMsMax: number;
};

export type Policies = {
  readonly catchUp: CatchUp;
  readonly overlap: OverlapPolicy;
  readonly retry: RetryPolicy;
  /** The longest one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** A run must be over this long after its scheduled time, waiting included, in milliseconds. */
  readonly deadlineMs: number | undefined;
  /** -100 to 100; higher goes first. */
  readonly priority: number;
  /** The most runs of the task in progress at once; 1 unless the overlap policy is `allow`. */
  readonly concurrency: number | undefined;
  /** Whether the task ends once a run of it has succeeded; until then its schedule goes on. */
  readonly endsAfterSuccess: boolean;
  /** What a person is told of through the channels; the daemon's own rule when absent. */
  readonly alerts?: AlertPolicy;
  /** What a run must have done to count as a success; no denied tool when absent. */
  readonly success?: SuccessPolicy;
  /** How long a run waits for a person whom it asks; a week, then it fails, when absent. */
  readonly ask?: AskPolicy;
  /** What its runs may use; unbounded but for the budgets of its tags and of the daemon when absent. */
  readonly budget?: Budget;
  /** What is looked at before a run; it always goes when absent. */
  readonly gates?: Gates;
  /** How a result is compared with the one before; not at all when absent. */
  readonly compare?: Compare;
  readonly retention: Retention;
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The policies of a task whose author named none. */
export function defaultPolicies(kind: ActionKind): Policies {
  const isRequest = kind === 'http' || kind === 'message' || kind === 'reminder';
  return {
    catchUp: { mode: 'latest', windowMs: DAY_MS, spreadMs: 0 },
    overlap: 'skip',
    retry: {
      attemptsMax: 1,
      backoffMs: 10_000,
      backoffFactor: 2,
      backoffMsMax: 10 * MINUTE_MS,
      jitterRatio: 0.2,
      retriesLost: isRequest,
    },
    timeoutMs: isRequest ? MINUTE_MS : 60 * MINUTE_MS,
    deadlineMs: undefined,
    priority: 0,
    concurrency: undefined,
    endsAfterSuccess: false,
    retention: { runsMax: 1_000, ageMsMax: 90 * DAY_MS },
  };
}
