import { limitsOf, type Budget } from '../domain/budget/budget.ts';
import type { Policies } from '../domain/policies.ts';
import { Refusal } from '../domain/refusal.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import type { AskPolicy } from '../domain/success/success-policy.ts';
import { checkAsk, checkSuccess, isNoPolicy } from './check-success.ts';
import { checkGates } from './check-gates.ts';
import type { PoliciesDraft } from './services.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const TIMEOUT_MS_MIN = SECOND_MS;
const TIMEOUT_MS_MAX = 7 * DAY_MS;
const DEADLINE_MS_MIN = SECOND_MS;
const DEADLINE_MS_MAX = 30 * DAY_MS;
const CATCH_UP_WINDOW_MS_MAX = 366 * DAY_MS;
const CATCH_UP_SPREAD_MS_MAX = DAY_MS;
const ATTEMPTS_MAX = 100;
const BACKOFF_MS_MAX = 7 * DAY_MS;
const BACKOFF_FACTOR_MAX = 10;
const PRIORITY_MAX = 100;
const CONCURRENCY_MAX = 1_000;
const USD_MIN = 0.0001;
const USD_MAX = 1_000_000;
const TOKENS_MAX = 1_000_000_000_000;
const RUNS_KEPT_MAX = 1_000_000;
const AGE_MS_MIN = MINUTE_MS;
const AGE_MS_MAX = 3_660 * DAY_MS;

/** `base` with what the draft says otherwise. Refuses values outside their bounds, naming the bound. */
export function policiesWith(
  base: Policies,
  { ask, ...draft }: PoliciesDraft,
  home: string,
): Policies {
  const { compare: compareBefore, gates: gatesBefore, ...before } = base;
  const { compare = compareBefore ?? 'off', gates = gatesBefore ?? 'off', ...said } = draft;
  const policies: Policies = {
    ...before,
    ...defined(said),
    ...(compare === 'off' ? {} : { compare }),
    ...(gates === 'off' ? {} : { gates: checkGates(gates, home) }),
    catchUp: { ...base.catchUp, ...defined(draft.catchUp ?? {}) },
    retry: { ...base.retry, ...defined(draft.retry ?? {}) },
    retention: { ...base.retention, ...defined(draft.retention ?? {}) },
  };
  checkTimes(policies);
  checkCounts(policies);
  return withSuccess(withBudget(policies), { ...base.ask, ...defined(ask ?? {}) });
}

/** A budget that bounds nothing is none. */
function withBudget({ budget, ...policies }: Policies): Policies {
  if (budget === undefined) return policies;
  checkBudget(budget);
  const isEmpty = limitsOf({ kind: 'task' }, budget, 'UTC').length === 0;
  return isEmpty ? policies : { ...policies, budget };
}

/** A contract that asks for nothing is none. */
function withSuccess(policies: Policies, ask: Partial<AskPolicy>): Policies {
  const { success, ask: _ask, ...rest } = policies;
  const asked = Object.keys(ask).length === 0 ? {} : { ask: checkAsk(ask) };
  return success === undefined || isNoPolicy(success)
    ? { ...rest, ...asked }
    : { ...rest, ...asked, success: checkSuccess(success) };
}

function checkBudget(budget: Budget): void {
  for (const { measure, amount, period } of limitsOf({ kind: 'task' }, budget, 'UTC')) {
    if (measure === 'tokens') {
      checkInteger(`The tokens of the budget per ${period}`, amount, 1, TOKENS_MAX);
    } else {
      checkNumber(`The dollars of the budget per ${period}`, amount, USD_MIN, USD_MAX);
    }
  }
}

function checkTimes(policies: Policies): void {
  const { catchUp, retry, retention } = policies;
  checkMs('The timeout', policies.timeoutMs, TIMEOUT_MS_MIN, TIMEOUT_MS_MAX);
  if (policies.deadlineMs !== undefined) {
    checkMs('The deadline', policies.deadlineMs, DEADLINE_MS_MIN, DEADLINE_MS_MAX);
  }
  checkMs('The catch-up window', catchUp.windowMs, 0, CATCH_UP_WINDOW_MS_MAX);
  checkMs('The catch-up spread', catchUp.spreadMs, 0, CATCH_UP_SPREAD_MS_MAX);
  checkMs('The back-off', retry.backoffMs, 0, BACKOFF_MS_MAX);
  checkMs('The longest back-off', retry.backoffMsMax, 0, BACKOFF_MS_MAX);
  checkMs('The age of kept runs', retention.ageMsMax, AGE_MS_MIN, AGE_MS_MAX);
}

function checkCounts(policies: Policies): void {
  const { retry, retention } = policies;
  checkInteger('The number of attempts', retry.attemptsMax, 1, ATTEMPTS_MAX);
  checkInteger('The priority', policies.priority, -PRIORITY_MAX, PRIORITY_MAX);
  checkInteger('The number of kept runs', retention.runsMax, 1, RUNS_KEPT_MAX);
  if (policies.concurrency !== undefined) {
    checkInteger('The concurrency', policies.concurrency, 1, CONCURRENCY_MAX);
  }
  checkNumber('The back-off factor', retry.backoffFactor, 1, BACKOFF_FACTOR_MAX);
  checkNumber('The jitter ratio', retry.jitterRatio, 0, 1);
}

function checkMs(what: string, ms: number, min: number, max: number): void {
  if (Number.isSafeInteger(ms) && ms >= min && ms <= max) return;
  const given = Number.isSafeInteger(ms) ? formatDurationMs(ms) : `${ms} ms`;
  throw new Refusal(
    'invalid',
    `${what} is ${given}; it must be from ${formatDurationMs(min)} to ${formatDurationMs(max)}.`,
  );
}

function checkInteger(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new Refusal(
    'invalid',
    `${what} is ${value}; it must be a whole number from ${min} to ${max}.`,
  );
}

function checkNumber(what: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new Refusal('invalid', `${what} is ${value}; it must be from ${min} to ${max}.`);
}

/** Without the properties that are there and undefined: those say nothing. */
function defined<Draft extends object>(draft: Draft): Draft {
  return Object.fromEntries(
    Object.entries(draft).filter(([, value]) => value !== undefined),
  ) as Draft;
}
