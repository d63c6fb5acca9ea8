import type { Answer, FailureReason, Outcome, RunResult } from '../outcome.ts';
import type { AgentReport } from './agent-report.ts';
import { limitEnd } from './usage-limit.ts';

export type AgentEnd = {
  /** How the process ended, as the command machinery judges it. */
  readonly process: Outcome;
  readonly report: AgentReport;
  readonly engine: string;
  /** The session that was to be gone on with. */
  readonly resumed: string | undefined;
  readonly wantsData: boolean;
  readonly now: Temporal.Instant;
  /** In which times are meant that name no zone. */
  readonly zone: string;
};

/** The outcome of an agent: a process that ended well has not always done what it was asked. */
export function judgeAgent(end: AgentEnd): Outcome {
  const { process, report, engine } = end;
  const result = withAnswer(process.result ?? NO_RESULT, report, end.resumed);
  // What never started, was stopped, or was lost is judged already.
  if (process.kind === 'cancelled' || process.kind === 'timed_out' || process.kind === 'lost') {
    return { ...process, result };
  }
  if (process.kind === 'failed' && !OF_THE_PROCESS.includes(process.reason)) {
    return { ...process, message: startMessage(process.reason, process.message, engine), result };
  }
  const failed = (reason: FailureReason, message: string, retryable: boolean): Outcome => ({
    kind: 'failed',
    reason,
    message,
    retryable,
    result,
  });
  const ofReport = failureOfReport(end, failed);
  if (ofReport !== undefined) return ofReport;
  if (process.kind === 'failed') {
    return process.reason === 'signal'
      ? failed('signal', `${engine} was ended by a signal before it had answered.`, true)
      : failed(
          'exit_code',
          `${engine} ended with exit code ${String(result.exitCode)}${report.end === 'done' ? ', although it had answered' : ' and without an answer'}. Its output says more.`,
          true,
        );
  }
  if (report.end === undefined) return failed('bad_answer', withoutAnswer(report, engine), true);
  if (end.wantsData && report.data === undefined) {
    return failed('bad_answer', `${engine} answered, but not with what the schema asks for.`, true);
  }
  return { kind: 'succeeded', result };
}

/** Reasons that say no more than that the process ended badly. */
const OF_THE_PROCESS: readonly FailureReason[] = ['exit_code', 'signal'];

type Failed = (reason: FailureReason, message: string, retryable: boolean) => Outcome;

function failureOfReport(end: AgentEnd, failed: Failed): Outcome | undefined {
  const { report, engine } = end;
  const { failure } = report;
  if (failure === undefined || report.end === 'done') return undefined;
  switch (failure.kind) {
    case 'usage_limit':
    case 'overloaded':
      return limited(end, failed);
    case 'not_logged_in':
      return failed(
        'engine_error',
        `${engine} is not logged in, or its key is not accepted. Log in as the user of the daemon, or set its variables there; carillon engines shows what it sees.`,
        false,
      );
    case 'budget':
      return failed('budget', `${engine} stopped because the budget of the run was spent.`, false);
    case 'session_gone':
      return failed(
        'engine_error',
        `The session that was to be resumed is no longer known to ${engine}. The next run begins a fresh one.`,
        true,
      );
    case 'other':
      return failed('engine_error', otherMessage(end), true);
  }
}

function limited({ report, engine, now, zone }: AgentEnd, failed: Failed): Outcome {
  const { failure } = report;
  const retryAt = failure?.resetAt ?? limitEnd(failure?.text ?? '', now, zone);
  const isOverloaded = failure?.kind === 'overloaded';
  const why = isOverloaded
    ? `The model that ${engine} uses is overloaded.`
    : `${engine} has reached a usage limit.`;
  const until = retryAt === undefined ? '' : ` It ends at ${minuteOf(retryAt)}.`;
  const outcome = failed('usage_limit', `${why}${until}`, true);
  return retryAt === undefined || outcome.kind !== 'failed' ? outcome : { ...outcome, retryAt };
}

function minuteOf(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'minute' });
}

function otherMessage({ report, engine }: AgentEnd): string {
  const reason = report.terminalReason;
  return reason !== undefined && /^[a-z_]{1,40}$/.test(reason)
    ? `${engine} ended with an error (${reason}). Its result says more.`
    : `${engine} ended with an error. Its result says more.`;
}

function withoutAnswer({ readLines, unreadableLines }: AgentReport, engine: string): string {
  if (readLines === 0 && unreadableLines === 0) {
    return `${engine} ended without printing anything. Perhaps it went on in the background, where nobody can wait for it.`;
  }
  if (readLines === 0) {
    return `What ${engine} printed is not the JSON that it was asked for. Another version of it may be installed; carillon engines shows which.`;
  }
  return `${engine} ended before it had answered.`;
}

function startMessage(reason: FailureReason, message: string, engine: string): string {
  return reason === 'not_found'
    ? `The program of the engine ${engine} was not found. Install it for the user of the daemon, or set PATH in the task; carillon engines shows where it is looked for.`
    : message;
}

/** The session that a later run can go on with: one in which the model never spoke may not be there. */
function sessionAfter(report: AgentReport, resumed: string | undefined): string | undefined {
  if (report.failure?.kind === 'session_gone') return undefined;
  const hasSpoken =
    report.end === 'done' ||
    (report.usage?.outputTokens ?? 0) > 0 ||
    report.toolCalls > 0 ||
    (report.text !== undefined && report.failure === undefined);
  return hasSpoken ? report.session : resumed;
}

function withAnswer(
  result: RunResult,
  report: AgentReport,
  resumed: string | undefined,
): RunResult {
  const answer: Answer = {
    text: report.text,
    data: report.data,
    session: sessionAfter(report, resumed),
    turns: report.turns,
    usage: report.usage,
    costUsd: report.costUsd,
    isCostEstimated: report.isCostEstimated,
    costByModel: report.costByModel,
    toolCalls: report.toolCalls,
    denials: report.denials,
    terminalReason: report.terminalReason,
    ...(report.sessionUsage === undefined ? {} : { sessionUsage: report.sessionUsage }),
    ...(report.sessionTokens === undefined ? {} : { sessionTokens: report.sessionTokens }),
  };
  // An engine that said nothing has no answer, so that a later run looks for an earlier one.
  const hasSpoken =
    report.readLines > 0 || report.unreadableLines > 0 || report.failure !== undefined;
  return hasSpoken ? { ...result, answer } : result;
}

const NO_RESULT: RunResult = {
  exitCode: undefined,
  signal: undefined,
  httpStatus: undefined,
  httpHeaders: undefined,
  durationMs: 0,
  outputBytes: 0,
  outputIsCut: false,
};
