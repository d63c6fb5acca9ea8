import type { Claim } from '../domain/run.ts';
import type { TakeRuns } from '../ports/store.ts';
import type { StoreContext } from './context.ts';
import { inList, inParts } from './in-list.ts';
import { insertRows } from './insert-rows.ts';
import { msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import { runOf } from './run-row.ts';
import { findStandstill } from './standstill.ts';
import type { Unit } from './unit.ts';
import { write } from './write.ts';

export async function takeRuns(context: StoreContext, take: TakeRuns): Promise<readonly Claim[]> {
  if (take.limit <= 0) return [];
  // The look comes before the transaction, which would need the write lock for nothing when idle.
  const ready = await context.db
    .selectFrom('queue')
    .select('run_id')
    .where('ready_at', '<=', msOf(take.now))
    .limit(1)
    .executeTakeFirst();
  if (ready === undefined) return [];
  return write(context, async (unit) => {
    if ((await findStandstill(unit.db)) !== undefined) return [];
    const ids = await chooseRuns(unit, { ...take, limit: pageSize(take.limit) });
    return ids.length === 0 ? [] : await beginAttempts(unit, ids, take);
  });
}

/** The ids of the runs to take: highest priority first, then oldest, under the limits of their tags. */
async function chooseRuns(unit: Unit, take: TakeRuns): Promise<readonly string[]> {
  const chosen: string[] = [];
  const tags = await countRunningByTag(unit, take);
  const heldPools = await findHeldPools(unit, take);
  for (let round = 0; round < ROUNDS_MAX && chosen.length < take.limit; round += 1) {
    const saturated = [...tags].filter(([, tag]) => tag.free <= 0).map(([name]) => name);
    const candidates = await findCandidates(
      unit,
      take,
      saturated,
      heldPools,
      take.limit - chosen.length,
    );
    if (candidates.length === 0) break;
    const tagsOf = await findTags(unit, candidates, [...tags.keys()]);
    const fitting = candidates.filter(({ task_id }) => reserve(tags, tagsOf.get(task_id) ?? []));
    const ids = fitting.map((row) => row.run_id);
    await unit.db.deleteFrom('queue').where('run_id', 'in', inList(ids)).execute();
    chosen.push(...ids);
    // Only a tag that filled up in this round leaves something to look for.
    if (fitting.length === candidates.length && candidates.length < take.limit) break;
  }
  return chosen;
}

/** Every round takes at least one run and all but the last fill up a tag; the rest is taken next time. */
const ROUNDS_MAX = 32;

type TagRoom = { free: number };

async function countRunningByTag(unit: Unit, take: TakeRuns): Promise<Map<string, TagRoom>> {
  const rooms = new Map<string, TagRoom>();
  for (const [tag, limit] of take.tagLimits) rooms.set(tag, { free: limit });
  if (rooms.size === 0) return rooms;
  // Beginning with the runs, of which few are in progress, and not with the tags, which may have had many.
  const running = await unit.db
    .selectFrom('run')
    .select(['id as run_id', 'task_id'])
    .where('lease_until', 'is not', null)
    .execute();
  const tagsOf = await findTags(unit, running, [...rooms.keys()]);
  for (const { task_id } of running) {
    for (const tag of tagsOf.get(task_id) ?? []) {
      const room = rooms.get(tag);
      if (room !== undefined) room.free -= 1;
    }
  }
  return rooms;
}

/** Pools whose usage window is closed: nothing of theirs starts, and the others go on. */
async function findHeldPools(unit: Unit, take: TakeRuns): Promise<readonly string[]> {
  const rows = await unit.db
    .selectFrom('pool_hold')
    .select('pool')
    .where('until', '>', msOf(take.now))
    .orderBy('until', 'desc')
    .limit(HELD_POOLS_MAX)
    .execute();
  return rows.map((row) => row.pool);
}

const HELD_POOLS_MAX = 500;

type CandidateRow = { readonly run_id: string; readonly task_id: string };

function findCandidates(
  unit: Unit,
  take: TakeRuns,
  saturated: readonly string[],
  heldPools: readonly string[],
  limit: number,
): Promise<readonly CandidateRow[]> {
  const nowMs = msOf(take.now);
  let query = unit.db
    .selectFrom('queue')
    .innerJoin('run', 'run.id', 'queue.run_id')
    .select(['queue.run_id', 'queue.task_id'])
    .where('queue.ready_at', '<=', nowMs)
    .where('run.cancel_requested_at', 'is', null)
    // A run past its deadline is ended by expireQueuedRuns instead.
    .where((eb) => eb.or([eb('run.deadline_at', 'is', null), eb('run.deadline_at', '>', nowMs)]));
  if (saturated.length > 0) {
    query = query.where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('task_tag')
            .select('task_tag.task_id')
            .whereRef('task_tag.task_id', '=', 'queue.task_id')
            .where('task_tag.tag', 'in', saturated),
        ),
      ),
    );
  }
  if (heldPools.length > 0) {
    query = query.where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('task')
            .select('task.id')
            .whereRef('task.id', '=', 'queue.task_id')
            .where('task.pool', 'in', inList(heldPools)),
        ),
      ),
    );
  }
  return query
    .orderBy('queue.priority', 'desc')
    .orderBy('queue.ready_at')
    .orderBy('queue.run_id')
    .limit(limit)
    .execute();
}

async function findTags(
  unit: Unit,
  candidates: readonly CandidateRow[],
  limited: readonly string[],
): Promise<Map<string, string[]>> {
  const tagsOf = new Map<string, string[]>();
  if (limited.length === 0) return tagsOf;
  for (const part of inParts([...new Set(candidates.map((row) => row.task_id))])) {
    const rows = await unit.db
      .selectFrom('task_tag')
      .select(['task_id', 'tag'])
      .where('task_id', 'in', inList(part))
      .where('tag', 'in', inList(limited))
      .execute();
    for (const { task_id, tag } of rows) {
      tagsOf.set(task_id, [...(tagsOf.get(task_id) ?? []), tag]);
    }
  }
  return tagsOf;
}

/** Takes one place of each of the tags, or none when one of them is full. */
function reserve(rooms: ReadonlyMap<string, TagRoom>, tags: readonly string[]): boolean {
  const needed = tags.flatMap((tag) => rooms.get(tag) ?? []);
  if (needed.some((room) => room.free <= 0)) return false;
  for (const room of needed) room.free -= 1;
  return true;
}

async function beginAttempts(
  unit: Unit,
  ids: readonly string[],
  take: TakeRuns,
): Promise<readonly Claim[]> {
  const nowMs = msOf(take.now);
  const rows = await unit.db
    .updateTable('run')
    .set((eb) => ({
      state: 'running',
      state_reason: null,
      held_until: null,
      owner: take.owner,
      lease_until: msOf(take.leaseUntil),
      started_at: eb.fn.coalesce('started_at', eb.val(nowMs)),
      attempt: eb('attempt', '+', 1),
      fence: eb('fence', '+', 1),
    }))
    .where('id', 'in', inList(ids))
    .returningAll()
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const claims = ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [{ run: runOf(row), fence: row.fence }];
  });
  await insertRows(
    unit,
    'run_attempt',
    claims.map(({ run }) => ({
      run_id: run.id,
      attempt: run.attempt,
      started_at: nowMs,
      ended_at: null,
      outcome: null,
      message: null,
      result: null,
    })),
  );
  for (const { run } of claims) {
    unit.changes.push({ at: take.now, kind: 'run.started', taskId: run.taskId, runId: run.id });
  }
  return claims;
}
