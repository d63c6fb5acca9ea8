import type { EnginePorts, EngineSettings } from './engine-ports.ts';
import type { LiveRuns } from './live-runs.ts';

/** Extends the leases of the runs in progress, and stops those that are lost or being cancelled. */
export async function keepLeasesOnce(
  ports: EnginePorts,
  settings: EngineSettings,
  live: LiveRuns,
): Promise<void> {
  if (live.size === 0) return;
  const now = await ports.store.now();
  const claims = [...live.values()].map((run) => run.claim);
  const leaseUntil = now.add({ milliseconds: settings.leaseMs });
  const { lost, cancelling } = await ports.store.renewLeases(settings.owner, claims, leaseUntil);
  for (const id of [...lost, ...cancelling]) live.get(id)?.stop('cancelled');
}
