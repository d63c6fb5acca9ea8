import type { RunId } from '../../src/domain/id.ts';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import { isFinal } from '../../src/domain/run.ts';
import type { RunRow, TaskRow } from './memory-state.ts';
import { checkBooks } from './spending.ts';
import { outputKey, type Effect, type World } from './world.ts';

/** Stretches are counted up to this many occurrences. */
const COUNT_MAX = 10_000;
const LOST_ATTEMPTS_MAX = 5;

/**
 * What is wrong with a world that has come to rest, in sentences; empty when all is well. It knows
 * nothing of the engine: an occurrence is an anchor and so many intervals.
 */
export function check(world: World): readonly string[] {
  return [
    ...world.violations,
    ...[...world.state.tasks.values()].flatMap((row) => checkLedger(world, row)),
    ...checkEffects(world),
    ...checkFinality(world),
    ...checkKeys(world),
    ...checkBooks(world),
    ...[...world.state.runs.values()].flatMap((row) => checkRun(world, row)),
  ];
}

/** Every occurrence that was due is covered by exactly one entry, and nothing else is. */
function checkLedger(world: World, row: TaskRow): string[] {
  const { id } = row.task;
  const entries = row.ledger.toSorted(
    (a, b) => a.from.epochMilliseconds - b.from.epochMilliseconds,
  );
  const reigns = world.reigns.filter((reign) => reign.taskId === id);
  const wrong: string[] = [];
  let index = 0;
  reigns.forEach((reign, place) => {
    const next = reigns[place + 1];
    const untilMs = next?.afterMs ?? world.wallMs;
    const rule = reign.schedule?.rule;
    if (rule?.kind !== 'every') return;
    const { intervalMs } = rule;
    const anchorMs = rule.anchor.epochMilliseconds;
    const multiple = Math.max(0, Math.floor((reign.afterMs - anchorMs) / intervalMs) + 1);
    let expectedMs = anchorMs + multiple * intervalMs;
    for (; index < entries.length; index += 1) {
      const entry = entries[index];
      if (entry === undefined || (next !== undefined && entry.from.epochMilliseconds > untilMs))
        break;
      wrong.push(...checkEntry(world, entry, expectedMs, intervalMs));
      expectedMs = entry.to.epochMilliseconds + intervalMs;
    }
    // What was due when its task was deleted is forgotten with it.
    const isForgotten = world.deletedAtMs.has(id);
    if (expectedMs <= untilMs && !isForgotten) {
      wrong.push(
        `${id}: the occurrence at ${at(expectedMs)} and later ones up to ${at(untilMs)} are covered by nothing`,
      );
    }
  });
  if (index < entries.length)
    wrong.push(`${id}: ${entries.length - index} entries belong to no schedule`);
  return wrong;
}

function checkEntry(
  world: World,
  entry: LedgerEntry,
  expectedMs: number,
  intervalMs: number,
): string[] {
  const fromMs = entry.from.epochMilliseconds;
  const toMs = entry.to.epochMilliseconds;
  if (fromMs < expectedMs)
    return [`${entry.taskId}: ${at(fromMs)} is covered twice, or is no occurrence`];
  if (fromMs > expectedMs)
    return [`${entry.taskId}: ${at(expectedMs)} is covered by nothing before ${at(fromMs)}`];
  const count = (toMs - fromMs) / intervalMs + 1;
  const told = entry.isCountExact ? count : COUNT_MAX;
  if (entry.count !== told)
    return [`${entry.taskId}: ${at(fromMs)} to ${at(toMs)} counts ${entry.count}, not ${count}`];
  if (toMs > world.wallMsMax())
    return [`${entry.taskId}: ${at(toMs)} was covered before it was due`];
  if (entry.kind !== 'run') return [];
  const run = world.state.runs.get(entry.runId)?.run;
  return run?.scheduledFor?.epochMilliseconds === fromMs
    ? []
    : [`${entry.taskId}: the run of ${at(fromMs)} is not there or stands for another occurrence`];
}

/** No attempt has its effect twice, none begins early or late, and no occurrence has two runs. */
function checkEffects(world: World): string[] {
  const wrong: string[] = [];
  const attempts = new Map<RunId, number>();
  const runs = new Map<string, RunId>();
  for (const effect of world.effects) {
    const last = attempts.get(effect.runId) ?? 0;
    if (effect.attempt <= last)
      wrong.push(`${effect.runId}: attempt ${effect.attempt} had its effect after attempt ${last}`);
    attempts.set(effect.runId, effect.attempt);
    wrong.push(...checkTimes(effect), ...checkPolicies(world, effect));
    if (effect.scheduledForMs === undefined) continue;
    const occurrence = `${effect.taskId} ${at(effect.scheduledForMs)}`;
    const other = runs.get(occurrence);
    if (other !== undefined && other !== effect.runId)
      wrong.push(`${occurrence}: it had its effect in two runs`);
    runs.set(occurrence, effect.runId);
  }
  return wrong;
}

function checkTimes({ runId, attempt, scheduledForMs, deadlineMs, atMs }: Effect): string[] {
  if (attempt === 1 && scheduledForMs !== undefined && atMs < scheduledForMs) {
    return [`${runId}: it began at ${at(atMs)}, before ${at(scheduledForMs)}`];
  }
  return deadlineMs !== undefined && atMs >= deadlineMs
    ? [`${runId}: an attempt began after its deadline`]
    : [];
}

function checkPolicies(world: World, { runId, taskId, attempt, beside }: Effect): string[] {
  const wrong: string[] = [];
  const definition = world.state.tasks.get(taskId)?.task.definition;
  if (definition === undefined) return [`${taskId}: a run of an unknown task began`];
  const { policies } = definition;
  const { attemptsMax, retriesLost } = policies.retry;
  const most = retriesLost ? Math.max(attemptsMax, LOST_ATTEMPTS_MAX) : attemptsMax;
  // Waiting for a vendor uses up no attempt.
  const granted = world.state.runs.get(runId)?.run.attemptsMax ?? attemptsMax;
  const held = definition.action.kind === 'agent' ? granted - attemptsMax : 0;
  if (attempt > most + held) wrong.push(`${runId}: attempt ${attempt} of at most ${most} began`);
  // A process that was frozen past its leases goes on with runs that others have given up already.
  const together = policies.concurrency ?? (policies.overlap === 'allow' ? Infinity : 1);
  if (world.isAlone && beside >= together)
    wrong.push(`${taskId}: ${beside + 1} attempts went on at once, of at most ${together}`);
  const cancelledIn = world.cancelled.get(runId);
  if (cancelledIn !== undefined && attempt > cancelledIn)
    wrong.push(`${runId}: it was tried again although it was cancelled`);
  return wrong;
}

/** A run ends once, and nothing happens to it afterwards. */
function checkFinality(world: World): string[] {
  const ended = new Set<RunId>();
  const wrong: string[] = [];
  for (const { kind, runId } of world.state.changes) {
    if (runId === undefined) continue;
    if (ended.has(runId)) wrong.push(`${runId}: ${kind} after its end`);
    if (kind === 'run.succeeded' || kind === 'run.failed' || kind === 'run.cancelled')
      ended.add(runId);
  }
  return wrong;
}

/** However often a request is repeated under its key, it makes one run. */
function checkKeys(world: World): string[] {
  const made = new Map<string, RunId>();
  const wrong: string[] = [];
  for (const [id, key] of world.keyed) {
    if (!world.state.runs.has(id)) continue;
    const other = made.get(key);
    if (other !== undefined) wrong.push(`${other} and ${id} were made by one request`);
    made.set(key, id);
  }
  return wrong;
}

function checkRun(world: World, { run, attempts }: RunRow): string[] {
  if (!isFinal(run.state)) return [`${run.id}: it is still ${run.state}`];
  if (run.state !== 'succeeded') return [];
  const effects = world.effects.filter((effect) => effect.runId === run.id);
  const last = effects.at(-1);
  if (last === undefined) return [`${run.id}: it succeeded without an effect`];
  if (attempts.length !== run.attempt)
    return [`${run.id}: it has ${attempts.length} attempts, and says ${run.attempt}`];
  if (last.attempt !== run.attempt)
    return [`${run.id}: it ended in attempt ${run.attempt}, while ${last.attempt} was the last`];
  const kept = world.output.get(outputKey(run.id, run.attempt));
  return kept === last.text
    ? []
    : [`${run.id}: its kept output is ${JSON.stringify(kept)}, not ${JSON.stringify(last.text)}`];
}

function at(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toString();
}
