import { widenedLimits } from '../domain/budget/allowance.ts';
import {
  limitsOf,
  NOTHING_SPENT,
  type Budget,
  type Caps,
  type Limit,
  type Spent,
} from '../domain/budget/budget.ts';
import { mayStart, usualSpent, type LimitAccount } from '../domain/budget/may-start.ts';
import { periodStart } from '../domain/budget/period.ts';
import { engineOf } from '../domain/budget/pool.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { Usage } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { TaskDefinition } from '../domain/task.ts';
import type { Observation, StopReason } from '../ports/executor.ts';
import type { SpendScope } from '../ports/spend.ts';
import type { Store } from '../ports/store.ts';

/** Budgets that the daemon sets, beside those that tasks set themselves. */
export type DaemonBudgets = {
  readonly daemon: Budget | undefined;
  readonly tags: ReadonlyMap<string, Budget>;
  /** IANA zone in which their days begin, and those of tasks without a schedule. */
  readonly zone: string;
};

/** What has been told of an attempt while it goes on. */
export type Used = { readonly usage: Usage; readonly costUsd: number | undefined };

export type MeteredRun = {
  readonly kind: 'metered';
  readonly caps: Caps;
  observe(observation: Observation): void;
  /** The bound that the attempt was stopped at. */
  reached(): Limit | undefined;
  /** The last that was told of it, if anything was. */
  used(): Used | undefined;
  /** To be called when what it used is in the store. */
  end(): void;
};

export type BegunRun =
  | MeteredRun
  | { readonly kind: 'refused'; readonly limit: Limit; readonly why: 'spent' | 'too_little_left' };

export type Meter = {
  /**
   * Looks at the budgets before an attempt begins, and watches it from then on.
   *
   * @param mustBegin whether it goes on already, so that it can be stopped but not refused.
   */
  begin(
    run: Run,
    definition: TaskDefinition | undefined,
    stop: (reason: StopReason) => void,
    mustBegin: boolean,
  ): Promise<BegunRun>;
};

/** Attempts by which it is told what a run usually uses. */
const USUAL_ATTEMPTS = 50;

/** Watches what the runs of this process use, together and each by itself, against their budgets. */
export function createMeter(
  ports: { readonly store: Store; readonly now: () => Temporal.Instant },
  budgets: DaemonBudgets,
): Meter {
  const live = new Map<RunId, LiveSpend>();
  /** All that was ever told under a scope; only its growth means something. */
  const told = new Map<string, Spent>();

  return {
    async begin(run, definition, stop, mustBegin) {
      if (definition === undefined || engineOf(definition.action) === undefined) return UNMETERED;
      // An edit counts at once, also for runs of an earlier version.
      const task = await ports.store.findTask({ by: 'id', id: run.taskId });
      const current = task?.definition ?? definition;
      const limits = widenedLimits(limitsFor(current, budgets), run.questions);
      const accounts: LimitAccount[] = [];
      const readSum = rememberingSums(ports.store, run, ports.now());
      for (const limit of limits) {
        const spent = (await readSum(limit))[limit.measure] + liveUnder(live, run, limit);
        accounts.push({ limit, spent });
      }
      const usual =
        limits.length === 0
          ? undefined
          : usualSpent(await ports.store.spend.listLatest(run.taskId, USUAL_ATTEMPTS));
      const decision = mayStart(accounts, usual, ports.now());
      if (decision.kind === 'refused' && !mustBegin) return decision;
      const caps = decision.kind === 'start' ? decision.caps : { usd: 0, tokens: 0 };
      return watch({ live, told }, run, current, { accounts, caps }, stop);
    },
  };
}

const UNMETERED: MeteredRun = {
  kind: 'metered',
  caps: { usd: undefined, tokens: undefined },
  observe: () => {},
  reached: () => undefined,
  used: () => undefined,
  end: () => {},
};

function limitsFor(definition: TaskDefinition, budgets: DaemonBudgets): readonly Limit[] {
  const zone = definition.schedule?.zone ?? budgets.zone;
  const { budget } = definition.policies;
  return [
    ...(budget === undefined ? [] : limitsOf({ kind: 'task' }, budget, zone)),
    ...definition.tags.flatMap((tag) => {
      const ofTag = budgets.tags.get(tag);
      return ofTag === undefined ? [] : limitsOf({ kind: 'tag', tag }, ofTag, budgets.zone);
    }),
    ...(budgets.daemon === undefined
      ? []
      : limitsOf({ kind: 'daemon' }, budgets.daemon, budgets.zone)),
  ];
}

/** Reads what the store knows to be used under a bound; dollars and tokens come in one answer. */
function rememberingSums(store: Store, run: Run, now: Temporal.Instant) {
  const sums = new Map<string, Promise<Spent>>();
  return (limit: Limit): Promise<Spent> => {
    const key = `${limit.period} ${scopeKey(limit, run.taskId)}`;
    const known = sums.get(key);
    if (known !== undefined) return known;
    const sum =
      limit.period === 'run'
        ? store.spend.sumOfRun(run.id)
        : store.spend.sum(
            storeScope(limit, run.taskId),
            periodStart(limit.period, now, limit.zone),
          );
    sums.set(key, sum);
    return sum;
  };
}

function storeScope({ scope }: Limit, taskId: TaskId): SpendScope {
  switch (scope.kind) {
    case 'task':
      return { kind: 'task', taskId };
    case 'tag':
      return scope;
    case 'daemon':
      return { kind: 'all' };
  }
}

function scopeKey({ scope }: Pick<Limit, 'scope'>, taskId: TaskId): string {
  switch (scope.kind) {
    case 'task':
      return taskId;
    case 'tag':
      return `tag ${scope.tag}`;
    case 'daemon':
      return 'daemon';
  }
}

type LiveSpend = { readonly keys: ReadonlySet<string>; spent: Spent };

/** What other runs in progress have used that the store does not know of yet. */
function liveUnder(live: ReadonlyMap<RunId, LiveSpend>, run: Run, limit: Limit): number {
  if (limit.period === 'run') return 0;
  const key = scopeKey(limit, run.taskId);
  let sum = 0;
  for (const [id, one] of live) {
    if (id !== run.id && one.keys.has(key)) sum += one.spent[limit.measure];
  }
  return sum;
}

type Boards = {
  readonly live: Map<RunId, LiveSpend>;
  readonly told: Map<string, Spent>;
};

function watch(
  { live, told }: Boards,
  run: Run,
  definition: TaskDefinition,
  begun: { readonly accounts: readonly LimitAccount[]; readonly caps: Caps },
  stop: (reason: StopReason) => void,
): MeteredRun {
  const keys = new Set([run.taskId, ...definition.tags.map((tag) => `tag ${tag}`), 'daemon']);
  const own: LiveSpend = { keys, spent: NOTHING_SPENT };
  live.set(run.id, own);
  const gates = begun.accounts.map(({ limit, spent }) => {
    const key = scopeKey(limit, run.taskId);
    return { limit, spent, key, toldBefore: told.get(key) ?? NOTHING_SPENT };
  });
  let usage: Usage | undefined;
  let costUsd: number | undefined;
  let reached: Limit | undefined;

  const look = (): void => {
    const gate = gates.find(({ limit, spent, key, toldBefore }) => {
      const { measure } = limit;
      const since =
        limit.period === 'run'
          ? own.spent[measure]
          : (told.get(key) ?? NOTHING_SPENT)[measure] - toldBefore[measure];
      return own.spent[measure] > 0 && spent + since >= limit.amount;
    });
    if (gate === undefined || reached !== undefined) return;
    reached = gate.limit;
    stop('budget');
  };

  return {
    kind: 'metered',
    caps: begun.caps,
    observe(observation) {
      if (observation.kind === 'usage') usage = observation;
      else if (observation.kind === 'cost') costUsd = observation.usd;
      else return;
      const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
      const spent = { usd: costUsd ?? 0, tokens };
      for (const key of keys) told.set(key, grown(told.get(key), own.spent, spent));
      own.spent = spent;
      look();
    },
    reached: () => reached,
    used: () =>
      usage === undefined && costUsd === undefined
        ? undefined
        : { usage: usage ?? { inputTokens: 0, outputTokens: 0, cachedTokens: 0 }, costUsd },
    end() {
      live.delete(run.id);
      // What nobody in progress compares with any more needs no place.
      for (const key of keys) {
        if (![...live.values()].some((one) => one.keys.has(key))) told.delete(key);
      }
    },
  };
}

function grown(sum: Spent = NOTHING_SPENT, before: Spent, now: Spent): Spent {
  return { usd: sum.usd + now.usd - before.usd, tokens: sum.tokens + now.tokens - before.tokens };
}
