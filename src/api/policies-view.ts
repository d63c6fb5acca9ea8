import type { Budget } from '../domain/budget/budget.ts';
import type { Compare } from '../domain/difference/compare.ts';
import type { Gate, Gates } from '../domain/gates/gate.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Policies } from '../domain/policies.ts';
import { viewAsk, viewSuccess } from './success-input.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import { viewValues } from './hidden-values.ts';

/** Policies under the names that `create_task` takes. */
export function viewPolicies(policies: Policies): JsonObject {
  const { catchUp, retry, retention } = policies;
  return {
    catch_up: catchUp.mode,
    catch_up_window: formatDurationMs(catchUp.windowMs),
    catch_up_spread: formatDurationMs(catchUp.spreadMs),
    overlap: policies.overlap,
    retry: {
      attempts: retry.attemptsMax,
      backoff: formatDurationMs(retry.backoffMs),
      factor: retry.backoffFactor,
      backoff_max: formatDurationMs(retry.backoffMsMax),
      jitter: retry.jitterRatio,
      lost: retry.retriesLost,
    },
    timeout: formatDurationMs(policies.timeoutMs),
    deadline: policies.deadlineMs === undefined ? null : formatDurationMs(policies.deadlineMs),
    priority: policies.priority,
    concurrency: policies.concurrency ?? null,
    ...(policies.budget === undefined ? {} : { budget: viewBudget(policies.budget) }),
    ...(policies.gates === undefined ? {} : viewGates(policies.gates)),
    ...(policies.compare === undefined ? {} : { compare: viewCompare(policies.compare) }),
    ...(policies.success === undefined ? {} : { success: viewSuccess(policies.success) }),
    ...(policies.ask === undefined ? {} : { ask: viewAsk(policies.ask) }),
    ends_after_success: policies.endsAfterSuccess,
    retention: { runs: retention.runsMax, age: formatDurationMs(retention.ageMsMax) },
    alerts: policies.alerts === undefined ? null : { ...policies.alerts },
  };
}

function viewGates({ gates, onError }: Gates): JsonObject {
  return { gates: gates.map(viewGate), gate_error: onError };
}

/** Values of headers that are written in the task are not shown. */
function viewGate(gate: Gate): JsonObject {
  const shown = gate.kind === 'http' ? { ...gate, headers: viewValues(gate.headers) } : gate;
  const given = Object.entries(shown).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function viewCompare({ kind, ...places }: Compare): JsonObject {
  const given = Object.entries(places).filter(([, place]) => place !== undefined && place !== '');
  return { by: kind, ...Object.fromEntries(given) };
}

/** Only the bounds that there are. */
function viewBudget(budget: Budget): JsonObject {
  const amounts = {
    usd_per_run: budget.usdPerRun,
    usd_per_day: budget.usdPerDay,
    usd_per_month: budget.usdPerMonth,
    tokens_per_run: budget.tokensPerRun,
    tokens_per_day: budget.tokensPerDay,
    tokens_per_month: budget.tokensPerMonth,
  };
  const set = Object.entries(amounts).flatMap(([name, amount]) =>
    amount === undefined ? [] : [[name, amount] as const],
  );
  return { ...Object.fromEntries(set), on_limit: budget.onLimit };
}
