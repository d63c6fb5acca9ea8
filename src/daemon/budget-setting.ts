import { z } from 'zod';
import { type Budget, limitsOf, ON_LIMIT } from '../domain/budget/budget.ts';
import type { DaemonBudgets } from '../engine/meter.ts';
import type { Setting } from './setting.ts';

const USD_MAX = 1_000_000_000;
const TOKENS_MAX = 1_000_000_000_000_000;
const TAGS_MAX = 100;

const usd = z.number().positive().max(USD_MAX).optional();
const tokens = z.int().positive().max(TOKENS_MAX).optional();

const budgetShape = z.strictObject({
  usd_per_run: usd,
  usd_per_day: usd,
  usd_per_month: usd,
  tokens_per_run: tokens,
  tokens_per_day: tokens,
  tokens_per_month: tokens,
  on_limit: z.enum(ON_LIMIT).optional(),
});
type BudgetSetting = z.output<typeof budgetShape>;

const tagsShape = z
  .record(z.string().min(1), budgetShape)
  .refine((budgets) => Object.keys(budgets).length <= TAGS_MAX);

/** What all runs together may use; nothing bounds them while it is empty. */
export function budget(sentence: string): Setting<BudgetSetting> {
  return {
    sentence,
    bound: 'an object such as {"usd_per_day": 5, "tokens_per_month": 2000000, "on_limit": "wait"}',
    default: {},
    read: (value) => budgetShape.safeParse(value).data,
    parse: parseJson,
  };
}

export function budgetsByTag(sentence: string): Setting<Readonly<Record<string, BudgetSetting>>> {
  return {
    sentence,
    bound: `an object of at most ${String(TAGS_MAX)} budgets by tag, such as {"research": {"usd_per_day": 2}}`,
    default: {},
    read: (value) => tagsShape.safeParse(value).data,
    parse: parseJson,
  };
}

/** The budgets of the settings, those that bound something. */
export function daemonBudgets(
  all: BudgetSetting,
  byTag: Readonly<Record<string, BudgetSetting>>,
  zone: string,
): DaemonBudgets {
  const tags = Object.entries(byTag).flatMap(([tag, setting]) => {
    const ofTag = budgetOf(setting);
    return ofTag === undefined ? [] : [[tag, ofTag] as const];
  });
  return { daemon: budgetOf(all), tags: new Map(tags), zone };
}

function budgetOf(setting: BudgetSetting): Budget | undefined {
  const budget: Budget = {
    usdPerRun: setting.usd_per_run,
    usdPerDay: setting.usd_per_day,
    usdPerMonth: setting.usd_per_month,
    tokensPerRun: setting.tokens_per_run,
    tokensPerDay: setting.tokens_per_day,
    tokensPerMonth: setting.tokens_per_month,
    onLimit: setting.on_limit ?? 'skip',
  };
  return limitsOf({ kind: 'daemon' }, budget, 'UTC').length === 0 ? undefined : budget;
}

/** What a variable says: the same JSON as a file. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
