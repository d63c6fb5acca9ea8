import type { Claim } from '../domain/run.ts';
import type { EnginePorts, EngineSettings } from './engine-ports.ts';
import type { LiveRuns } from './live-runs.ts';
import { WAIT_MS_MAX } from './repeat.ts';

/** The most runs claimed in one transaction. */
const CLAIMS_PER_PASS = 64;

/**
 * Claims ready runs for the workers that are free and begins them.
 *
 * @returns how many runs were claimed.
 */
export async function dispatchOnce(
  ports: EnginePorts,
  settings: EngineSettings,
  live: LiveRuns,
  start: (claim: Claim) => void,
): Promise<number> {
  const free = settings.workers - live.size;
  if (free <= 0) return 0;
  const now = await ports.store.now();
  const claims = await ports.store.takeRuns({
    owner: settings.owner,
    leaseUntil: now.add({ milliseconds: settings.leaseMs }),
    now,
    limit: Math.min(free, CLAIMS_PER_PASS),
    tagLimits: settings.tagLimits,
  });
  for (const claim of claims) start(claim);
  return claims.length;
}

/** Milliseconds until a run may be ready; a run that ends or is queued wakes the dispatcher anyway. */
export async function dispatchWaitMs(
  ports: EnginePorts,
  settings: EngineSettings,
  live: LiveRuns,
): Promise<number> {
  if (live.size >= settings.workers) return WAIT_MS_MAX;
  const { readyAt } = await ports.store.nextWakeAt();
  if (readyAt === undefined) return WAIT_MS_MAX;
  const now = await ports.store.now();
  const waitMs = Math.ceil(readyAt.epochMilliseconds - now.epochMilliseconds);
  // What is ready and was not taken waits for a limit, so looking again at once would spin.
  return waitMs > 0 ? waitMs : WAIT_MS_MAX;
}
