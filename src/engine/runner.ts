import { secretsOf } from '../domain/action.ts';
import { afterAttempt } from '../domain/attempt.ts';
import { reminderItem } from '../domain/inbox/reminder-item.ts';
import { judge } from '../domain/judge.ts';
import type { FailureReason, Outcome } from '../domain/outcome.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Claim } from '../domain/run.ts';
import type { TaskDefinition } from '../domain/task.ts';
import type { Execution, Executor, Sink, StopReason } from '../ports/executor.ts';
import type { EnginePorts } from './engine-ports.ts';
import { maskedSink } from './masked-sink.ts';
import { prepareAction } from './prepare-action.ts';

/** How long the runner waits before it asks the store again that could not answer, in milliseconds. */
const STORE_WAIT_MS = 1_000;

/**
 * How often the deadline is looked at, in milliseconds: it goes by the wall clock, which timers do
 * not follow, and may be further away than a timer reaches.
 */
const DEADLINE_LOOK_MS = 5_000;

/** Executes or recovers an attempt; `undefined` when nothing is left of it to recover. */
type Carry = (
  executor: Executor,
  execution: Execution,
  sink: Sink,
  signal: AbortSignal,
) => Promise<Outcome | undefined>;

/** Prepares, executes, judges and finishes the attempt that was claimed. */
export function runAttempt(
  ports: EnginePorts,
  claim: Claim,
  signal: AbortSignal,
  stop: (reason: StopReason) => void,
): Promise<void> {
  const startedAt = ports.clock.now();
  return carryOut(ports, claim, signal, stop, startedAt, async (executor, execution, sink) =>
    isPast(ports, claim.run.deadlineAt)
      ? brokenAttempt('Its deadline had passed before it could start.', 'deadline')
      : executor.execute(execution, sink, signal),
  );
}

/** Goes on with an attempt that another process began, or finds that it is lost. */
export function resumeAttempt(
  ports: EnginePorts,
  claim: Claim,
  signal: AbortSignal,
  stop: (reason: StopReason) => void,
  startedAt: Temporal.Instant,
): Promise<void> {
  return carryOut(ports, claim, signal, stop, startedAt, (executor, execution, sink) =>
    executor.recover === undefined
      ? Promise.resolve(undefined)
      : executor.recover(execution, sink, signal),
  );
}

async function carryOut(
  ports: EnginePorts,
  claim: Claim,
  signal: AbortSignal,
  stop: (reason: StopReason) => void,
  startedAt: Temporal.Instant,
  carry: Carry,
): Promise<void> {
  const { run } = claim;
  const definition = await untilAnswered(ports, claim, () =>
    ports.store.getDefinition(run.taskId, run.taskVersion),
  );
  const disarm = armTimers(ports, claim, definition, startedAt, stop);
  const outcome = await attemptOutcome(ports, claim, definition, signal, carry);
  disarm();
  const judged = judge(outcome, stopReason(signal));
  await finish(ports, claim, definition, judged);
}

async function attemptOutcome(
  ports: EnginePorts,
  claim: Claim,
  definition: TaskDefinition | undefined,
  signal: AbortSignal,
  carry: Carry,
): Promise<Outcome> {
  const { run } = claim;
  if (definition === undefined) return brokenAttempt('The version of the task is gone.');
  const executor = ports.executors.get(definition.action.kind);
  if (executor === undefined) {
    return brokenAttempt(`This daemon cannot carry out "${definition.action.kind}" actions.`);
  }
  try {
    const prepared = await prepareAction(ports.store, run, definition, (ask) =>
      untilAnswered(ports, claim, ask),
    );
    if (prepared.kind === 'refused') return brokenAttempt(prepared.message, 'bad_action');
    const { action } = prepared;
    const grants = await ports.secrets.resolve(secretsOf(action));
    const writer = ports.output.open(run.id, run.attempt);
    const sink = maskedSink(writer, grants.values());
    try {
      const execution = { run, attempt: run.attempt, action, grants };
      return (await carry(executor, execution, sink, signal)) ?? lostAttempt();
    } finally {
      sink.end();
      writer.close();
    }
  } catch (error) {
    if (error instanceof Refusal) return brokenAttempt(error.message, 'secret_missing');
    ports.log.error('an attempt could not be carried out', { run: run.id }, error);
    return brokenAttempt('Carillon failed while carrying out the run; its log says more.');
  }
}

/** Stops the attempt at its timeout and at the run's deadline. */
function armTimers(
  ports: EnginePorts,
  claim: Claim,
  definition: TaskDefinition | undefined,
  startedAt: Temporal.Instant,
  stop: (reason: StopReason) => void,
): () => void {
  const now = ports.clock.now().epochMilliseconds;
  const spentMs = Math.max(0, now - startedAt.epochMilliseconds);
  const timeoutMs = definition?.policies.timeoutMs ?? defaultPolicies('command').timeoutMs;
  const disarmTimeout = ports.clock.setTimer(Math.max(0, timeoutMs - spentMs), () =>
    stop('timed_out'),
  );
  const disarmDeadline = armDeadline(ports, claim.run.deadlineAt, stop);
  return () => {
    disarmTimeout();
    disarmDeadline();
  };
}

function armDeadline(
  ports: EnginePorts,
  deadlineAt: Temporal.Instant | undefined,
  stop: (reason: StopReason) => void,
): () => void {
  if (deadlineAt === undefined) return () => {};
  let disarm = (): void => {};
  const look = (): void => {
    if (isPast(ports, deadlineAt)) {
      stop('deadline');
      return;
    }
    const leftMs = deadlineAt.epochMilliseconds - ports.clock.now().epochMilliseconds;
    disarm = ports.clock.setTimer(Math.min(leftMs, DEADLINE_LOOK_MS), look);
  };
  look();
  return () => disarm();
}

function isPast(ports: EnginePorts, deadlineAt: Temporal.Instant | undefined): boolean {
  return deadlineAt !== undefined && Temporal.Instant.compare(ports.clock.now(), deadlineAt) >= 0;
}

/** Writes the outcome; where the run goes is decided anew at each try, since time goes on. */
async function finish(
  ports: EnginePorts,
  claim: Claim,
  definition: TaskDefinition | undefined,
  outcome: Outcome,
): Promise<void> {
  const retry = definition?.policies.retry ?? defaultPolicies('command').retry;
  const isOurs = await untilAnswered(ports, claim, () => {
    const at = ports.clock.now();
    const { attempt, deadlineAt } = claim.run;
    const transition = afterAttempt(outcome, attempt, retry, at, ports.ids.random(), deadlineAt);
    const item = itemOf(claim, definition, outcome);
    return ports.store.finishAttempt(claim, outcome, transition, at, item);
  });
  if (!isOurs) ports.log.warn('a run was finished by another holder', { run: claim.run.id });
}

/** What the inbox keeps of the attempt: a reminder that nobody called off. */
function itemOf(claim: Claim, definition: TaskDefinition | undefined, outcome: Outcome) {
  return definition?.action.kind === 'reminder' && outcome.kind !== 'cancelled'
    ? reminderItem(claim.run, definition.action, outcome)
    : undefined;
}

/**
 * Asks the store until it answers: an attempt that was claimed must come to its end, and its outcome
 * must not be lost, however long a disk is full. It goes on for as long as the process does.
 */
async function untilAnswered<Answer>(
  ports: EnginePorts,
  claim: Claim,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let hasFailed = false;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!hasFailed) {
        ports.log.error('the store does not answer for a run yet', { run: claim.run.id }, error);
      }
      hasFailed = true;
      await new Promise<void>((resolve) => {
        ports.clock.setTimer(STORE_WAIT_MS, resolve);
      });
    }
  }
}

function stopReason(signal: AbortSignal): StopReason | undefined {
  return signal.aborted ? (signal.reason as StopReason) : undefined;
}

function brokenAttempt(message: string, reason: FailureReason = 'internal'): Outcome {
  const result = {
    exitCode: undefined,
    signal: undefined,
    httpStatus: undefined,
    httpHeaders: undefined,
    durationMs: 0,
    outputBytes: 0,
    outputIsCut: false,
  };
  return { kind: 'failed', reason, message, retryable: false, result };
}

function lostAttempt(): Outcome {
  return {
    kind: 'lost',
    message: 'The daemon stopped while the run was in progress, and nothing tells how it ended.',
    result: undefined,
  };
}
