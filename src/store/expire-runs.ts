import { endNotStarted } from './cancel-runs.ts';
import type { StoreContext } from './context.ts';
import { msOf } from './instants.ts';
import { releaseRuns } from './release-runs.ts';
import { runIdOf } from './run-row.ts';
import { startFollowers } from './start-followers.ts';
import { taskIdOf } from './task-row.ts';
import { write } from './write.ts';

/** Ends runs whose deadline has passed before they could start. */
export async function expireQueuedRuns(
  context: StoreContext,
  now: Temporal.Instant,
  limit: number,
): Promise<number> {
  const expired = context.db
    .selectFrom('run')
    .select(['id', 'task_id', 'state'])
    .where('deadline_at', '<=', msOf(now))
    .where('ended_at', 'is', null)
    .where('lease_until', 'is', null)
    .orderBy('deadline_at')
    .limit(limit);
  // The look comes before the transaction, which would need the write lock for nothing nearly always.
  if ((await expired.limit(1).execute()).length === 0) return 0;
  return write(context, async (unit) => {
    const runs = await unit.db.executeQuery(expired.compile());
    const ended = { state: 'failed', state_reason: 'deadline', outcome: 'failed' } as const;
    const asking = runs.rows.filter((run) => run.state === 'waiting');
    const others = runs.rows.filter((run) => run.state !== 'waiting');
    await endNotStarted(unit, asking, now, {
      ...ended,
      message: 'Its deadline passed while it waited for an answer.',
    });
    await endNotStarted(unit, others, now, {
      ...ended,
      message: 'Its deadline passed before it could start.',
    });
    for (const run of runs.rows) {
      await startFollowers(
        unit,
        { runId: runIdOf(run.id), taskId: taskIdOf(run.task_id) },
        'failed',
        now,
      );
    }
    await releaseRuns(
      unit,
      runs.rows.map((run) => run.task_id),
    );
    return runs.rows.length;
  });
}
