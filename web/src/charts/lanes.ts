import { toMs } from '../time/instant.ts';
import type { TimelineView } from '../api/pictures.ts';

/** Runs that lie so close together that they are one mark, or one alone. */
export type PastMark = {
  readonly kind: 'past';
  readonly startMs: number;
  readonly endMs: number;
  readonly state: string;
  readonly count: number;
  readonly failed: number;
  /** Of the only run; absent where there are several. */
  readonly runId: string | undefined;
};

export type ComingMark = {
  readonly kind: 'coming';
  readonly startMs: number;
  readonly endMs: number;
  readonly count: number;
};

export type Lane = {
  readonly taskId: string;
  readonly task: string;
  readonly marks: readonly (PastMark | ComingMark)[];
  readonly runs: number;
  readonly coming: number;
};

/** What comes is regular, so it is gathered more: its number says as much. */
const COMING_FACTOR = 4;

/** The worst state of a cluster is the one that it shows. */
const WORST_FIRST = ['failed', 'waiting', 'held', 'retrying', 'running', 'queued', 'cancelled'];

/**
 * One lane for each task, the busiest with failures first.
 *
 * @param closeMs marks that begin nearer to each other than this become one.
 */
export function lanesOf(view: TimelineView, nowMs: number, closeMs: number): readonly Lane[] {
  const lanes = new Map<string, { task: string; past: PastMark[]; coming: ComingMark[] }>();
  const laneOf = (taskId: string, task: string) => {
    const lane = lanes.get(taskId) ?? { task, past: [], coming: [] };
    lanes.set(taskId, lane);
    return lane;
  };
  for (const run of view.runs.toReversed()) {
    const startMs = toMs(run.started_at ?? run.created_at);
    const endMs = run.ended_at === null ? Math.max(startMs, nowMs) : toMs(run.ended_at);
    const { past } = laneOf(run.task_id, run.task);
    const failed = run.state === 'failed' ? 1 : 0;
    past.push({ kind: 'past', startMs, endMs, state: run.state, count: 1, failed, runId: run.id });
  }
  for (const { task_id, task, at } of view.upcoming) {
    const ms = toMs(at);
    laneOf(task_id, task).coming.push({ kind: 'coming', startMs: ms, endMs: ms, count: 1 });
  }
  return [...lanes]
    .map(([taskId, { task, past, coming }]) => ({
      taskId,
      task,
      marks: [
        ...clustered(past, closeMs, joinPast),
        ...clustered(coming, closeMs * COMING_FACTOR, (one, other) => ({
          ...one,
          endMs: other.endMs,
          count: one.count + other.count,
        })),
      ],
      runs: past.length,
      coming: coming.length,
    }))
    .toSorted((a, b) => soonest(a.marks) - soonest(b.marks) || a.task.localeCompare(b.task));
}

/** Where something goes on or comes soon stands above what was long ago. */
function soonest(marks: Lane['marks']): number {
  const coming = marks.find((mark) => mark.kind === 'coming');
  return coming?.startMs ?? Number.MAX_SAFE_INTEGER;
}

function clustered<Mark extends PastMark | ComingMark>(
  marks: readonly Mark[],
  closeMs: number,
  join: (one: Mark, other: Mark) => Mark,
): readonly Mark[] {
  const joined: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = joined.at(-1);
    if (last !== undefined && mark.startMs - last.startMs < closeMs) {
      joined[joined.length - 1] = join(last, mark);
    } else {
      joined.push(mark);
    }
  }
  return joined;
}

function joinPast(one: PastMark, other: PastMark): PastMark {
  const state = WORST_FIRST.find((bad) => one.state === bad || other.state === bad) ?? 'succeeded';
  return {
    ...one,
    endMs: Math.max(one.endMs, other.endMs),
    state,
    count: one.count + other.count,
    failed: one.failed + other.failed,
    runId: undefined,
  };
}
