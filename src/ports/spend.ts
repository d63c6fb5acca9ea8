import type { Spent } from '../domain/budget/budget.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { Usage } from '../domain/outcome.ts';
import type { Namespace } from '../domain/principal.ts';

/** What an attempt has used; written in the transaction that finishes it. */
export type SpendEntry = {
  /** The engine or provider. */
  readonly engine: string;
  readonly usage: Usage;
  /** Absent when nobody knows the price. */
  readonly costUsd: number | undefined;
  readonly isCostEstimated: boolean;
};

export type SpendScope =
  | { readonly kind: 'task'; readonly taskId: TaskId }
  /** Of the tasks that have the tag now. */
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'all' };

export type SpendQuery = {
  readonly namespace: Namespace | 'all';
  /** At or after. */
  readonly since: Temporal.Instant;
  /** Before. */
  readonly until: Temporal.Instant;
  readonly scope: SpendScope;
  /** `quarter`: by quarters of an hour, of which the days of every zone are made. */
  readonly by: 'task' | 'tag' | 'engine' | 'quarter';
};

export type SpendTotal = {
  /** The task's id, the tag, the engine, or the milliseconds at which the quarter began. */
  readonly key: string;
  /** The latest name of the task. */
  readonly name: string | undefined;
  readonly usd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly attempts: number;
  /** Attempts whose price nobody knows; they count as nothing in `usd`. */
  readonly unpriced: number;
  /** Whether part of `usd` comes from the price table. */
  readonly isEstimated: boolean;
};

/** What was not used, as far as earlier runs tell what it would have been. */
export type Saved = Spent & { readonly runs: number };

/** A pool whose usage window is closed. */
export type PoolHold = { readonly pool: string; readonly until: Temporal.Instant };

/** What attempts have used. Entries outlive their runs. */
export type SpendBook = {
  /** What the attempts that ended at or after `since` come to. */
  sum(scope: SpendScope, since: Temporal.Instant): Promise<Spent>;
  /** What the earlier attempts of a run come to. */
  sumOfRun(id: RunId): Promise<Spent>;
  /** The latest attempts of a task that used anything, newest first. */
  listLatest(taskId: TaskId, limit: number): Promise<readonly Spent[]>;
  /** The totals of a query, dearest first; quarters in their order. */
  listTotals(query: SpendQuery, limit: number): Promise<readonly SpendTotal[]>;
  /** What runs did not use because they had nothing to do. */
  sumSaved(stretch: Omit<SpendQuery, 'by'>): Promise<Saved>;
  /** Pools that are held after `now`. */
  listHolds(now: Temporal.Instant): Promise<readonly PoolHold[]>;
};
