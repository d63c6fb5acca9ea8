import type { RunId } from '../domain/id.ts';
import type { Run } from '../domain/run.ts';
import type { Settled } from '../domain/success/settle-question.ts';
import { endNotStarted } from './cancel-runs.ts';
import type { StoreContext } from './context.ts';
import { settleQuestions } from './inbox.ts';
import { msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import { questionsOf, questionsText } from './question-json.ts';
import { releaseRuns } from './release-runs.ts';
import { runIdOf, runOf } from './run-row.ts';
import { startFollowers } from './start-followers.ts';
import { taskIdOf } from './task-row.ts';
import type { Unit } from './unit.ts';
import { write } from './write.ts';

export function replyToRun(
  context: StoreContext,
  id: RunId,
  number: number,
  settled: Settled,
): Promise<boolean> {
  return write(context, async (unit) => {
    const run = await unit.db
      .selectFrom('run')
      .select(['id', 'task_id', 'state', 'priority', 'questions'])
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    if (run === undefined) return false;
    const questions = questionsOf(run.questions);
    const open = questions.at(-1);
    if (open === undefined || questions.length !== number) return false;
    const { reply } = settled;
    const told = questionsText([...questions.slice(0, -1), { ...open, reply }]);
    await unit.db.updateTable('run').set({ questions: told }).where('id', '=', id).execute();
    if (settled.kind === 'goes_on') await queueAgain(unit, run, reply.at);
    else {
      const { reason, message } = settled;
      const failed = { state: 'failed', state_reason: reason, outcome: 'failed', message } as const;
      await endNotStarted(unit, [run], reply.at, failed);
      await startFollowers(unit, { runId: id, taskId: taskIdOf(run.task_id) }, 'failed', reply.at);
      await releaseRuns(unit, [run.task_id]);
    }
    return true;
  });
}

type WaitingRow = { readonly id: string; readonly task_id: string; readonly priority: number };

/** It stays unfinished all the while, so nothing has to make room for it. */
async function queueAgain(unit: Unit, run: WaitingRow, at: Temporal.Instant): Promise<void> {
  const { id, task_id, priority } = run;
  const ready_at = msOf(at);
  await unit.db
    .updateTable('run')
    .set({ state: 'queued', state_reason: null, asked_until: null, ready_at })
    .where('id', '=', id)
    .execute();
  await unit.db.insertInto('queue').values({ run_id: id, task_id, priority, ready_at }).execute();
  await settleQuestions(unit, [run], at);
  unit.changes.push({ at, kind: 'run.queued', taskId: taskIdOf(task_id), runId: runIdOf(id) });
}

export async function listUnanswered(
  { db }: StoreContext,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Run[]> {
  const rows = await db
    .selectFrom('run')
    .selectAll()
    .where('asked_until', '<=', msOf(now))
    .orderBy('asked_until')
    .orderBy('ordinal')
    .limit(pageSize(limit))
    .execute();
  return rows.map(runOf);
}
