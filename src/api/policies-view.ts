import type { JsonObject } from '../domain/json.ts';
import type { Policies } from '../domain/policies.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';

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
    ends_after_success: policies.endsAfterSuccess,
    retention: { runs: retention.runsMax, age: formatDurationMs(retention.ageMsMax) },
  };
}
