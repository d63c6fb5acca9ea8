import { afterAttempt, type Transition } from '../domain/attempt.ts';
import { afterLimit } from '../domain/budget/after-limit.ts';
import type { Limit } from '../domain/budget/budget.ts';
import { engineOf, poolOf } from '../domain/budget/pool.ts';
import { sayLimit, sayRefused } from '../domain/budget/say-limit.ts';
import { reminderItem } from '../domain/inbox/reminder-item.ts';
import { judge } from '../domain/judge.ts';
import { maskOutcome } from '../domain/masking/mask-outcome.ts';
import type { FailureReason, Outcome } from '../domain/outcome.ts';
import { defaultPolicies } from '../domain/policies.ts';
import { Refusal } from '../domain/refusal.ts';
import { isFinal, type Claim, type Run } from '../domain/run.ts';
import { newQuestion } from '../domain/success/question.ts';
import { questionItem } from '../domain/success/question-item.ts';
import { USUAL_ASK_POLICY } from '../domain/success/success-policy.ts';
import type { TaskDefinition } from '../domain/task.ts';
import type { Execution, Executor, Sink, StopReason } from '../ports/executor.ts';
import type { SpendEntry } from '../ports/spend.ts';
import type { Kept } from '../ports/task-notes.ts';
import { compareResult } from './compare-result.ts';
import { contractOf, withContract, type Ended } from './contract.ts';
import type { EnginePorts } from './engine-ports.ts';
import { NOT_GATED, passGates, withGate } from './gate.ts';
import { maskedSink } from './masked-sink.ts';
import type { Meter, MeteredRun, Used } from './meter.ts';
import { prepareAction } from './prepare-action.ts';
import { recordWork, withWork } from './record-work.ts';
import { resolveGrants, withKeysOfProfile } from './resolve-grants.ts';

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

export type RunnerPorts = EnginePorts & { readonly meter: Meter };

/** Prepares, executes, judges and finishes the attempt that was claimed. */
export function runAttempt(
  ports: RunnerPorts,
  claim: Claim,
  signal: AbortSignal,
  stop: (reason: StopReason) => void,
): Promise<void> {
  const startedAt = ports.clock.now();
  const begin = { startedAt, isResumed: false };
  return carryOut(ports, claim, signal, stop, begin, async (executor, execution, sink) =>
    isPast(ports, claim.run.deadlineAt)
      ? brokenAttempt('Its deadline had passed before it could start.', 'deadline')
      : executor.execute(execution, sink, signal),
  );
}

/** Goes on with an attempt that another process began, or finds that it is lost. */
export function resumeAttempt(
  ports: RunnerPorts,
  claim: Claim,
  signal: AbortSignal,
  stop: (reason: StopReason) => void,
  startedAt: Temporal.Instant,
): Promise<void> {
  const begin = { startedAt, isResumed: true };
  return carryOut(ports, claim, signal, stop, begin, (executor, execution, sink) =>
    executor.recover === undefined
      ? Promise.resolve(undefined)
      : executor.recover(execution, sink, signal),
  );
}

async function carryOut(
  ports: RunnerPorts,
  claim: Claim,
  signal: AbortSignal,
  stop: (reason: StopReason) => void,
  begin: { readonly startedAt: Temporal.Instant; readonly isResumed: boolean },
  carry: Carry,
): Promise<void> {
  const { run } = claim;
  const definition = await untilAnswered(ports, claim, () =>
    ports.store.getDefinition(run.taskId, run.taskVersion),
  );
  const gated = begin.isResumed
    ? NOT_GATED
    : await passGates(ports, run, definition, signal, (ask) => untilAnswered(ports, claim, ask));
  if (gated.kind === 'closed') {
    const money = { limit: undefined, used: undefined };
    const ended = { outcome: gated.outcome, question: undefined };
    await finish(ports, claim, definition, ended, money, gated.kept);
    return;
  }
  const metered = await untilAnswered(ports, claim, () =>
    ports.meter.begin(run, definition, stop, begin.isResumed),
  );
  if (metered.kind === 'refused') {
    const outcome = brokenAttempt(sayRefused(metered.limit, metered.why), 'budget');
    const money = { limit: metered.limit, used: undefined };
    await finish(ports, claim, definition, { outcome, question: undefined }, money);
    return;
  }
  const disarm = armTimers(ports, claim, definition, begin.startedAt, stop);
  const { outcome, question } = await endOfAttempt(
    ports,
    claim,
    definition,
    signal,
    metered,
    begin.isResumed,
    carry,
  );
  disarm();
  const stopped = stopReason(signal) ?? stopBefore(begin.isResumed, run);
  const judged = withGate(judge(outcome, stopped), gated);
  // What a run says that asks a question is not yet its result.
  const compared =
    question === undefined
      ? await compareResult(ports, run, definition, judged, (ask) =>
          untilAnswered(ports, claim, ask),
        )
      : { outcome: judged, notes: [] };
  const money = { limit: metered.reached(), used: metered.used() ?? NOTHING_USED };
  const kept = { notes: [...gated.notes, ...compared.notes], saved: undefined };
  await finish(ports, claim, definition, { outcome: compared.outcome, question }, money, kept);
  metered.end();
}

/** Whoever held the run before may have stopped it on request, and died before it could say so. */
function stopBefore(isResumed: boolean, run: Run): StopReason | undefined {
  return isResumed && run.cancelRequestedAt !== undefined ? 'cancelled' : undefined;
}

/** What the budgets have to say about an attempt that is over. */
type Money = {
  /** The bound that it came to. */
  readonly limit: Limit | undefined;
  /** Absent when it never began. */
  readonly used: Used | typeof NOTHING_USED | undefined;
};

const NOTHING_USED = { usage: undefined, costUsd: undefined } as const;

async function endOfAttempt(
  ports: EnginePorts,
  claim: Claim,
  definition: TaskDefinition | undefined,
  signal: AbortSignal,
  metered: MeteredRun,
  isResumed: boolean,
  carry: Carry,
): Promise<Ended> {
  const { run } = claim;
  if (definition === undefined) return broken('The version of the task is gone.');
  const executor = ports.executors.get(definition.action.kind);
  if (executor === undefined) {
    return broken(`This daemon cannot carry out "${definition.action.kind}" actions.`);
  }
  try {
    const prepared = await prepareAction(ports, run, definition, (ask) =>
      untilAnswered(ports, claim, ask),
    );
    if (prepared.kind === 'refused') return broken(prepared.message, 'bad_action');
    const { previous, turns } = prepared;
    const action = await withKeysOfProfile(ports, run, prepared.action);
    const { success } = definition.policies;
    const grants = await resolveGrants(ports, run, action, isResumed);
    const isDelegating = action.kind === 'agent' && action.delegation !== undefined;
    const ownServer = isDelegating ? ports.ownServer?.(run) : undefined;
    if (isDelegating && ownServer === undefined) return broken(NO_OWN_SERVER, 'bad_action');
    const writer = ports.output.open(run.id, run.attempt);
    const hidden = [
      ...grants.values(),
      ...(executor.ownKeys?.(action) ?? []),
      ...(ownServer === undefined ? [] : [ownServer.token]),
    ];
    const record = recordWork(() => ports.clock.now(), action, hidden);
    const sink = maskedSink(writer, hidden, {
      observe: (observation) => {
        record.observe(observation);
        metered.observe(observation);
      },
      onRestart: () => record.restart(),
    });
    const forget = ports.liveWork?.begin(run.id, () => record.soFar());
    try {
      const execution = {
        run,
        attempt: run.attempt,
        action,
        grants,
        caps: metered.caps,
        ...(ownServer === undefined ? {} : { ownServer }),
        ...(previous === undefined ? {} : { previous }),
        ...(success?.verdict === true ? { wantsVerdict: true } : {}),
        ...(turns.length === 0 ? {} : { turns }),
      };
      const contract = contractOf(run, action, success);
      return await withContract(ports.checks, contract, signal, async () => {
        const outcome = (await carry(executor, execution, sink, signal)) ?? lostAttempt();
        const wasGated = definition.policies.gates !== undefined;
        return withWork(maskOutcome(outcome, hidden), record.soFar(), wasGated);
      });
    } finally {
      forget?.();
      sink.end();
      writer.close();
    }
  } catch (error) {
    if (error instanceof Refusal) {
      const reason = error.code === 'forbidden' ? 'secret_refused' : 'secret_missing';
      return broken(error.message, reason);
    }
    ports.log.error('an attempt could not be carried out', { run: run.id }, error);
    return broken('Carillon failed while carrying out the run; its log says more.');
  }
}

const NO_OWN_SERVER =
  'The daemon runs without authentication, so a run that makes tasks could not be kept to its limits. Turn authentication on, or remove the delegation from the task.';

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
  judged: Ended,
  money: Money,
  kept?: Kept,
): Promise<void> {
  const outcome = withLimit(judged.outcome, money);
  let goesOn = false;
  const isOurs = await untilAnswered(ports, claim, () => {
    const at = ports.clock.now();
    const ended = { ...judged, outcome };
    const transition = transitionAfter(ports, claim, definition, ended, money, at);
    goesOn = !isFinal(transition.to);
    const item = itemOf(claim, definition, outcome, transition);
    const spend = spendOf(definition, outcome, money);
    return ports.store.finishAttempt(claim, outcome, transition, at, item, spend, kept);
  });
  if (!isOurs) ports.log.warn('a run was finished by another holder', { run: claim.run.id });
  else if (!goesOn && definition?.policies.success !== undefined) {
    await ports.checks?.forget(claim.run);
  }
}

function withLimit(outcome: Outcome, { limit, used }: Money): Outcome {
  if (outcome.kind !== 'failed' || outcome.reason !== 'budget') return outcome;
  if (limit === undefined || used === undefined) return outcome;
  return { ...outcome, message: `It was stopped: ${sayLimit(limit)} is used up.` };
}

function transitionAfter(
  ports: EnginePorts,
  { run }: Claim,
  definition: TaskDefinition | undefined,
  { outcome, question }: Ended,
  { limit, used }: Money,
  at: Temporal.Instant,
): Transition {
  const ask = definition?.policies.ask ?? USUAL_ASK_POLICY;
  if (outcome.kind === 'failed' && outcome.reason === 'budget' && limit !== undefined) {
    return afterLimit(limit, used !== undefined, run, ask, at);
  }
  if (outcome.kind === 'succeeded' && question !== undefined) {
    const asked = newQuestion({ kind: 'work' }, question, run.attempt, ask, at);
    return { to: 'waiting', question: asked, counts: true };
  }
  const policy = definition?.policies.retry ?? defaultPolicies('command').retry;
  // A run that was held has been granted attempts beyond those of its policy.
  const retry = { ...policy, attemptsMax: Math.max(policy.attemptsMax, run.attemptsMax) };
  const random = ports.ids.random();
  const transition = afterAttempt(outcome, run.attempt, retry, at, random, run.deadlineAt);
  const pool = definition === undefined ? undefined : poolOf(definition.action);
  return transition.to === 'held' && pool !== undefined ? { ...transition, pool } : transition;
}

/** What the books keep of the attempt: what it answered, else the last that was told of it. */
function spendOf(
  definition: TaskDefinition | undefined,
  outcome: Outcome,
  { used }: Money,
): SpendEntry | undefined {
  const engine = definition === undefined ? undefined : engineOf(definition.action);
  if (engine === undefined) return undefined;
  const answer = outcome.result?.answer;
  const usage = answer?.usage ?? used?.usage;
  const costUsd = answer?.costUsd ?? used?.costUsd;
  if (usage === undefined && costUsd === undefined) return undefined;
  return {
    engine,
    usage: usage ?? { inputTokens: 0, outputTokens: 0, cachedTokens: 0 },
    costUsd,
    isCostEstimated: answer?.costUsd === undefined || answer.isCostEstimated,
  };
}

/** What the inbox keeps of the attempt: a question, or a reminder that nobody called off. */
function itemOf(
  claim: Claim,
  definition: TaskDefinition | undefined,
  outcome: Outcome,
  transition: Transition,
) {
  if (transition.to === 'waiting') {
    const channels = definition?.policies.alerts?.channels ?? [];
    return questionItem(claim.run, transition.question, channels);
  }
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

function broken(message: string, reason?: FailureReason): Ended {
  return { outcome: brokenAttempt(message, reason), question: undefined };
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
