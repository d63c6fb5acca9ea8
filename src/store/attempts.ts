import type { Transition } from '../domain/attempt.ts';
import { isSkipped } from '../domain/gates/gate.ts';
import type { RunId } from '../domain/id.ts';
import type { NewInboxItem } from '../domain/inbox/inbox-item.ts';
import { withoutWork, type Outcome } from '../domain/outcome.ts';
import type { Attempt, Claim, Run, RunState } from '../domain/run.ts';
import { waitingReason } from '../domain/success/question.ts';
import type { SpendEntry } from '../ports/spend.ts';
import type { Kept } from '../ports/task-notes.ts';
import type { StoreContext } from './context.ts';
import { addItem } from './inbox.ts';
import { endAfterSuccess } from './end-after-success.ts';
import { inList, inParts } from './in-list.ts';
import { msOf } from './instants.ts';
import { questionsOf, questionsText } from './question-json.ts';
import { releaseRuns } from './release-runs.ts';
import { attemptOf, resultText, runOf } from './run-row.ts';
import type { RunAttemptRow } from './schema.ts';
import { startFollowers } from './start-followers.ts';
import { holdPool, noteSaved, noteSpend } from './spend-book.ts';
import { keepNotes } from './task-notes.ts';
import type { Unit } from './unit.ts';
import { write } from './write.ts';

export function finishAttempt(
  context: StoreContext,
  claim: Claim,
  outcome: Outcome,
  transition: Transition,
  at: Temporal.Instant,
  item?: NewInboxItem,
  spend?: SpendEntry,
  kept?: Kept,
): Promise<boolean> {
  return write(context, async (unit) => {
    const { id, taskId } = claim.run;
    const held = await findHeld(unit, claim);
    if (held === undefined) return false;
    const account = {
      outcome: outcome.kind,
      message: outcome.kind === 'succeeded' ? null : outcome.message,
      result: resultText(outcome.result),
    };
    const moves = columnsOf(held, outcome, transition, at);
    const didSomething = !isSkipped(outcome.result);
    const isForgotten = (moves.state === 'held' || moves.state === 'waiting') && !moves.counts;
    if (isForgotten) await forgetAttempt(unit, id, held.attempt);
    else await endAttempt(unit, id, held.attempt, { ...account, ended_at: msOf(at) });
    if (spend !== undefined) await noteSpend(unit, claim.run, held.attempt, spend, at);
    if (transition.to === 'held' && transition.pool !== undefined) {
      await holdPool(unit, transition.pool, transition.until);
    }
    const { counts: _counts, ...moved } = moves;
    const result = resultText(withoutWork(outcome.result));
    await unit.db
      .updateTable('run')
      .set({ ...account, result, ...moved, owner: null, lease_until: null })
      .where('id', '=', id)
      .execute();
    unit.changes.push({ at, kind: `run.${moved.state}`, taskId, runId: id });
    const isMoot = item?.kind === 'question' && moved.state !== 'waiting';
    if (item !== undefined && !isMoot) await addItem(unit, item, at);
    if (moved.state === 'retrying' || moved.state === 'held') {
      await unit.db
        .insertInto('queue')
        .values({ run_id: id, task_id: taskId, priority: held.priority, ready_at: moved.ready_at })
        .execute();
    } else if (moved.state !== 'waiting') {
      if (moved.state === 'succeeded' && didSomething && held.ends_after_success === 1) {
        await endAfterSuccess(unit, taskId, at);
      }
      if (kept !== undefined) await keep(unit, claim.run, moved.state, kept, at);
      if (didSomething) await startFollowers(unit, { runId: id, taskId }, moved.state, at);
      await releaseRuns(unit, [taskId]);
    }
    return true;
  });
}

async function keep(
  unit: Unit,
  run: Run,
  state: RunState,
  { notes, saved }: Kept,
  at: Temporal.Instant,
): Promise<void> {
  if (state === 'succeeded') await keepNotes(unit, run.taskId, notes, at);
  if (saved !== undefined) await noteSaved(unit, run, saved, at);
}

function endAttempt(
  unit: Unit,
  id: RunId,
  attempt: number,
  columns: Pick<RunAttemptRow, 'outcome' | 'message' | 'result' | 'ended_at'>,
) {
  return unit.db
    .updateTable('run_attempt')
    .set(columns)
    .where('run_id', '=', id)
    .where('attempt', '=', attempt)
    .execute();
}

/** Takes back an attempt that began nothing. */
async function forgetAttempt(unit: Unit, id: RunId, attempt: number): Promise<void> {
  await unit.db
    .deleteFrom('run_attempt')
    .where('run_id', '=', id)
    .where('attempt', '=', attempt)
    .execute();
  await unit.db
    .updateTable('run')
    .set({ attempt: attempt - 1, ...(attempt === 1 ? { started_at: null } : {}) })
    .where('id', '=', id)
    .execute();
}

type HeldRun = {
  readonly attempt: number;
  readonly attempts_max: number;
  readonly priority: number;
  readonly state_reason: string | null;
  readonly questions: string;
  readonly cancel_requested_at: number | null;
  readonly task_deleted_at: number | null;
  readonly ends_after_success: number | null;
};

/** The run of the claim, if its fencing token still is the one of the claim. */
function findHeld(unit: Unit, claim: Claim): Promise<HeldRun | undefined> {
  return unit.db
    .selectFrom('run')
    .leftJoin('task', 'task.id', 'run.task_id')
    .select([
      'run.attempt',
      'run.attempts_max',
      'run.priority',
      'run.state_reason',
      'run.questions',
      'run.cancel_requested_at',
      'task.deleted_at as task_deleted_at',
      'task.ends_after_success',
    ])
    .where('run.id', '=', claim.run.id)
    .where('run.fence', '=', claim.fence)
    .where('run.state', '=', 'running')
    .executeTakeFirst();
}

/** A run that is to be cancelled, or whose task is gone, does not get another attempt. */
function columnsOf(held: HeldRun, outcome: Outcome, transition: Transition, at: Temporal.Instant) {
  const isCancelled = held.cancel_requested_at !== null;
  const goesOn = !isCancelled && held.task_deleted_at === null;
  if (transition.to === 'retrying' && goesOn) {
    return {
      state: 'retrying',
      state_reason: null,
      ready_at: msOf(transition.readyAt),
      counts: true,
    } as const;
  }
  if (transition.to === 'held' && goesOn) {
    return {
      state: 'held',
      state_reason: transition.reason,
      ready_at: msOf(transition.until),
      held_until: msOf(transition.until),
      // Waiting for what was not its fault uses up none of its attempts.
      attempts_max: held.attempts_max + (transition.counts ? 1 : 0),
      counts: transition.counts,
    } as const;
  }
  if (transition.to === 'waiting' && goesOn) {
    const { question, counts } = transition;
    return {
      state: 'waiting',
      state_reason: waitingReason(question),
      questions: questionsText([...questionsOf(held.questions), question]),
      asked_until: msOf(question.until),
      attempts_max: held.attempts_max + (counts ? 1 : 0),
      counts,
    } as const;
  }
  const state =
    transition.to === 'succeeded' || transition.to === 'failed' ? transition.to : 'cancelled';
  const reason = isCancelled ? held.state_reason : 'its task was deleted';
  return {
    state,
    state_reason: state === 'cancelled' ? reason : state === 'failed' ? reasonKept(outcome) : null,
    ended_at: msOf(at),
    counts: true,
  } as const;
}

/** The reason of a failure that is told otherwise than others. */
function reasonKept(outcome: Outcome): string | null {
  return outcome.kind === 'failed' && outcome.reason === 'budget' ? outcome.reason : null;
}

export async function renewLeases(
  context: StoreContext,
  owner: string,
  claims: readonly Claim[],
  leaseUntil: Temporal.Instant,
): Promise<{ readonly lost: readonly RunId[]; readonly cancelling: readonly RunId[] }> {
  if (claims.length === 0) return { lost: [], cancelling: [] };
  return write(context, async ({ db }) => {
    const held = new Map<string, { readonly fence: number; readonly isCancelling: boolean }>();
    for (const part of inParts(claims)) {
      const rows = await db
        .updateTable('run')
        .set({ lease_until: msOf(leaseUntil) })
        .where('id', 'in', inList(part.map(({ run }) => run.id)))
        .where('owner', '=', owner)
        .where('state', '=', 'running')
        .returning(['id', 'fence', 'cancel_requested_at'])
        .execute();
      for (const row of rows) {
        held.set(row.id, { fence: row.fence, isCancelling: row.cancel_requested_at !== null });
      }
    }
    // A run that this owner claimed anew has a newer token: the older claim on it is lost.
    const isHeld = (claim: Claim): boolean => held.get(claim.run.id)?.fence === claim.fence;
    return {
      lost: claims.filter((claim) => !isHeld(claim)).map(({ run }) => run.id),
      cancelling: claims
        .filter((claim) => isHeld(claim) && held.get(claim.run.id)?.isCancelling === true)
        .map(({ run }) => run.id),
    };
  });
}

export async function listAbandonedRuns(
  { db }: StoreContext,
  owner: string,
  isOnlyProcess: boolean,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Claim[]> {
  const rows = await db
    .selectFrom('run')
    .selectAll()
    .where('lease_until', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('lease_until', '<=', msOf(now)),
        ...(isOnlyProcess ? [eb('owner', '!=', owner)] : []),
      ]),
    )
    .orderBy('lease_until')
    .orderBy('ordinal')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ run: runOf(row), fence: row.fence }));
}

export function adoptRun(
  context: StoreContext,
  claim: Claim,
  owner: string,
  leaseUntil: Temporal.Instant,
): Promise<Claim | undefined> {
  return write(context, async ({ db }) => {
    const row = await db
      .updateTable('run')
      .set({ owner, lease_until: msOf(leaseUntil), fence: claim.fence + 1 })
      .where('id', '=', claim.run.id)
      .where('fence', '=', claim.fence)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : { run: runOf(row), fence: row.fence };
  });
}

export async function listAttempts({ db }: StoreContext, id: RunId): Promise<readonly Attempt[]> {
  const rows = await db
    .selectFrom('run_attempt')
    .selectAll()
    .where('run_id', '=', id)
    .orderBy('attempt')
    .limit(ATTEMPTS_LISTED_MAX)
    .execute();
  return rows.map(attemptOf);
}

const ATTEMPTS_LISTED_MAX = 1_000;
