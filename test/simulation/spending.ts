import type { Budget } from '../../src/domain/budget/budget.ts';
import { poolOf } from '../../src/domain/budget/pool.ts';
import type { Answer, Outcome } from '../../src/domain/outcome.ts';
import type { Execution, Sink } from '../../src/ports/executor.ts';
import { failed, succeeded } from '../support/scripted-executor.ts';
import { isFinal } from '../../src/domain/run.ts';
import { outputKey, type World } from './world.ts';

/** What a token costs here, in millionths of a dollar. */
const MICROS_PER_TOKEN = 3;
const DAY_MS = 86_400_000;

/** What an agent used before it was stopped or ended, told in two parts. */
export type Use = { readonly tokens: number; readonly ms: number };

/** A window of the vendor that was found closed. */
export type ClosedWindow = { readonly untilMs: number; readonly monotonicMs: number };

/** Whether a promise about money was broken when this attempt began. */
export function checkBeginning(world: World, { run, attempt, action }: Execution): void {
  const wrong = (what: string): void => {
    world.violations.push(`${run.id}: attempt ${attempt} began ${what}`);
  };
  // Another process may use what is left meanwhile, and one that was frozen what it read before.
  if (!world.isAlone || world.wasFrozen) return;
  const definition = world.state.tasks.get(run.taskId)?.task.definition;
  const most = definition?.policies.budget?.tokensPerDay ?? Infinity;
  if (spentToday(world, run.taskId) >= most) wrong('although the budget of its day was spent');
  const pool = poolOf(action);
  const until = pool === undefined ? undefined : world.state.poolHolds.get(pool);
  const untilMs = until?.epochMilliseconds ?? 0;
  const isKnown = world.closedWindows.some(
    (one) => one.untilMs === untilMs && one.monotonicMs < world.monotonicMs,
  );
  if (untilMs > world.wallMs && isKnown) wrong('although its pool was held');
}

/** What the books had before this instant: what is written at the same one may come too late to be seen. */
function spentToday(world: World, taskId: string): number {
  const dayMs = Math.floor(world.wallMs / DAY_MS) * DAY_MS;
  return world.state.spends
    .filter((row) => row.taskId === taskId && row.atMs >= dayMs && row.atMs < world.wallMs)
    .reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
}

/** Uses tokens in two parts, and notices when nobody stops it although its budget is spent. */
export async function spend(
  world: World,
  execution: Execution,
  use: Use,
  sink: Sink,
  signal: AbortSignal,
  wait: (ms: number) => Promise<Outcome>,
): Promise<Outcome> {
  const { run, attempt } = execution;
  const budget = world.state.tasks.get(run.taskId)?.task.definition.policies.budget;
  const tell = (tokens: number): void => {
    world.used.set(outputKey(run.id, attempt), tokens);
    sink.observe({ kind: 'usage', inputTokens: tokens, outputTokens: 0, cachedTokens: 0 });
    sink.observe({ kind: 'cost', usd: usdOf(tokens) });
    if (isOver(tokens, budget) && !signal.aborted) {
      world.violations.push(`${run.id}: it went on with ${tokens} tokens, over its budget`);
    }
  };
  tell(Math.ceil(use.tokens / 2));
  const outcome = await wait(use.ms);
  if (outcome.kind !== 'succeeded') return outcome;
  tell(use.tokens);
  return signal.aborted ? wait(0) : succeeded({ answer: answerOf(use.tokens) });
}

function isOver(tokens: number, budget: Budget | undefined): boolean {
  return (
    tokens >= (budget?.tokensPerRun ?? Infinity) || tokens >= (budget?.tokensPerDay ?? Infinity)
  );
}

/** The vendor says no, and until when, or does not say. */
export function closeWindow(world: World, ms: number | undefined): Outcome {
  const outcome = failed('usage_limit', false);
  if (ms === undefined || outcome.kind !== 'failed') return outcome;
  const untilMs = world.wallMs + ms;
  world.closedWindows.push({ untilMs, monotonicMs: world.monotonicMs });
  return { ...outcome, retryAt: Temporal.Instant.fromEpochMilliseconds(untilMs) };
}

/** The books say what was used: each attempt once, none that did not use it, and none is missing. */
export function checkBooks(world: World): readonly string[] {
  const booked = new Set<string>();
  const wrong: string[] = [];
  for (const { runId, attempt, usage, usdMicros } of world.state.spends) {
    const key = outputKey(runId, attempt);
    const tokens = usage.inputTokens + usage.outputTokens;
    const used = world.used.get(key);
    if (booked.has(key)) wrong.push(`${key}: it is in the books twice`);
    if (tokens !== used) wrong.push(`${key}: the books say ${tokens} tokens, and it used ${used}`);
    if (usdMicros !== tokens * MICROS_PER_TOKEN)
      wrong.push(`${key}: its price is not that of its tokens`);
    booked.add(key);
  }
  for (const { run, attempts } of world.state.runs.values()) {
    if (!isFinal(run.state)) continue;
    for (const { attempt, outcome } of attempts) {
      const key = outputKey(run.id, attempt);
      // What became of a lost attempt nobody could tell.
      const isKnown = outcome !== undefined && outcome !== 'lost';
      if (isKnown && world.used.has(key) && !booked.has(key)) {
        wrong.push(`${key}: it used tokens that are in no book`);
      }
    }
  }
  return wrong;
}

/** When what waits for money or for a vendor may go on; `undefined` when nothing waits for that alone. */
export function heldUntilMs(world: World): number | undefined {
  let earliest = Infinity;
  for (const { run, readyMs, isBehind } of world.state.runs.values()) {
    if (isFinal(run.state) || isBehind) continue;
    const task = world.state.tasks.get(run.taskId)?.task;
    const pool = task === undefined ? undefined : poolOf(task.definition.action);
    const poolMs =
      (pool === undefined ? undefined : world.state.poolHolds.get(pool)?.epochMilliseconds) ?? 0;
    const untilMs = Math.max(readyMs, poolMs);
    if (run.state === 'running' || untilMs <= world.wallMs) return undefined;
    earliest = Math.min(earliest, untilMs);
  }
  return earliest === Infinity ? undefined : earliest;
}

function usdOf(tokens: number): number {
  return (tokens * MICROS_PER_TOKEN) / 1_000_000;
}

function answerOf(tokens: number): Answer {
  return {
    text: 'It is done.',
    data: undefined,
    session: undefined,
    turns: 1,
    usage: { inputTokens: tokens, outputTokens: 0, cachedTokens: 0 },
    costUsd: usdOf(tokens),
    isCostEstimated: false,
    costByModel: {},
    toolCalls: 0,
    denials: [],
    terminalReason: undefined,
  };
}
