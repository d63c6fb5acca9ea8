import type { Caps, Limit, Spent } from './budget.ts';
import { nextPeriod } from './period.ts';

/** A bound with what has been used under it: by the run itself, or in the day or the month. */
export type LimitAccount = { readonly limit: Limit; readonly spent: number };

export type StartDecision =
  | { readonly kind: 'start'; readonly caps: Caps }
  | { readonly kind: 'refused'; readonly limit: Limit; readonly why: 'spent' | 'too_little_left' };

/**
 * Whether a run may begin under these bounds, and what it may use. What is left must be enough for
 * nine of ten earlier runs; only the first run of a period is let go with less, or a task whose runs
 * grew dearer than its budget would never run again: it is stopped when it gets there.
 *
 * @param usual the p90 of earlier runs, when there are any.
 */
export function mayStart(
  accounts: readonly LimitAccount[],
  usual: Spent | undefined,
  now: Temporal.Instant,
): StartDecision {
  const refusals = accounts.flatMap((account) => refusalOf(account, usual));
  const [refusal] = refusals.toSorted((one, other) => endMs(other, now) - endMs(one, now));
  if (refusal !== undefined) return refusal;
  return {
    kind: 'start',
    caps: { usd: leastLeft(accounts, 'usd'), tokens: leastLeft(accounts, 'tokens') },
  };
}

type StartRefusal = Extract<StartDecision, { kind: 'refused' }>;

function refusalOf(
  { limit, spent }: LimitAccount,
  usual: Spent | undefined,
): readonly StartRefusal[] {
  const left = limit.amount - spent;
  if (left <= 0) return [{ kind: 'refused', limit, why: 'spent' }];
  const isEnough = limit.period === 'run' || spent === 0 || (usual?.[limit.measure] ?? 0) <= left;
  return isEnough ? [] : [{ kind: 'refused', limit, why: 'too_little_left' }];
}

/** A bound that ends the run for good counts as the longest, then one of which a person decides. */
function endMs({ limit }: StartRefusal, now: Temporal.Instant): number {
  if (limit.onLimit === 'ask') return Number.MAX_SAFE_INTEGER;
  if (limit.period === 'run' || limit.onLimit === 'skip') return Infinity;
  return nextPeriod(limit.period, now, limit.zone).epochMilliseconds;
}

function leastLeft(
  accounts: readonly LimitAccount[],
  measure: Limit['measure'],
): number | undefined {
  const left = accounts
    .filter(({ limit }) => limit.measure === measure)
    .map(({ limit, spent }) => limit.amount - spent);
  return left.length === 0 ? undefined : Math.min(...left);
}

const USUAL_SHARE = 0.9;

/** What nine of ten of these runs did not exceed, by each measure; absent when there are none. */
export function usualSpent(runs: readonly Spent[]): Spent | undefined {
  return spentBy(USUAL_SHARE, runs);
}

/** What this share of the runs did not exceed, by each measure; absent when there are none. */
export function spentBy(share: number, runs: readonly Spent[]): Spent | undefined {
  if (runs.length === 0) return undefined;
  const rank = Math.ceil(runs.length * share) - 1;
  const at = (amounts: readonly number[]): number => amounts.toSorted((a, b) => a - b)[rank] ?? 0;
  return { usd: at(runs.map(({ usd }) => usd)), tokens: at(runs.map(({ tokens }) => tokens)) };
}
