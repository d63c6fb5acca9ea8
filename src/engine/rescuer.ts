import type { Claim } from '../domain/run.ts';
import type { EnginePorts, EngineSettings } from './engine-ports.ts';
import type { LiveRuns } from './live-runs.ts';

/** The most runs taken back in one pass. */
const RESCUES_PER_PASS = 100;

/**
 * Takes back runs that nobody holds any more: what a killed process left behind.
 *
 * @param resume goes on with the attempt that began at `startedAt`.
 * @returns how many runs were taken back.
 */
export async function rescueOnce(
  ports: EnginePorts,
  settings: EngineSettings,
  live: LiveRuns,
  resume: (claim: Claim, startedAt: Temporal.Instant) => void,
): Promise<number> {
  const now = await ports.store.now();
  const { owner, isOnlyProcess } = settings;
  const abandoned = await ports.store.listAbandonedRuns(
    owner,
    isOnlyProcess,
    now,
    RESCUES_PER_PASS,
  );
  let taken = 0;
  for (const claim of abandoned) {
    // After a suspend our own leases have ended as well, but the work goes on here.
    if (live.has(claim.run.id)) continue;
    const leaseUntil = now.add({ milliseconds: settings.leaseMs });
    const adopted = await ports.store.adoptRun(claim, owner, leaseUntil);
    if (adopted === undefined) continue;
    const attempts = await ports.store.listAttempts(claim.run.id);
    ports.log.info('a run was taken back', { run: claim.run.id, attempt: claim.run.attempt });
    resume(adopted, attempts.at(-1)?.startedAt ?? now);
    taken += 1;
  }
  return taken;
}
