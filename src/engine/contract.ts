import type { Action } from '../domain/action.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import { judgeSuccess, judgeVerdict, type SuccessFacts } from '../domain/success/judge-success.ts';
import type { SuccessReport } from '../domain/success/success-report.ts';
import { NO_SUCCESS_POLICY, type SuccessPolicy } from '../domain/success/success-policy.ts';
import type { CheckedAttempt, Checks, SucceededOutcome } from '../ports/checks.ts';

/** How an attempt ended when its contract was looked at, and what it asks a person, if it does. */
export type Ended = { readonly outcome: Outcome; readonly question: string | undefined };

/** An attempt of an agent or a model, whose success is looked at before it counts. */
export type Contract = {
  readonly of: CheckedAttempt;
  readonly who: string;
  readonly policy: SuccessPolicy;
  /** The attempt before which the files were remembered: the one that began the work. */
  readonly since: number;
};

/** Absent for actions that end as they end. */
export function contractOf(
  run: Run,
  action: Action,
  policy: SuccessPolicy = NO_SUCCESS_POLICY,
): Contract | undefined {
  if (action.kind !== 'agent' && action.kind !== 'model') return undefined;
  const { attempt } = run;
  return {
    of: { run, attempt, cwd: action.kind === 'agent' ? action.cwd : undefined },
    who: action.kind === 'agent' ? action.engine : 'The model',
    policy,
    // Work that goes on after an answer is one with the work before the question.
    since: run.questions[0]?.attempt ?? attempt,
  };
}

/** Whether anything in the world has to be looked at. */
function looksOutside({ filesChanged, urls, command }: SuccessPolicy): boolean {
  return filesChanged.length > 0 || urls.length > 0 || command !== undefined;
}

/** Carries an attempt out between the two looks at the world that its contract asks for. */
export async function withContract(
  checks: Checks | undefined,
  contract: Contract | undefined,
  signal: AbortSignal,
  carry: () => Promise<Outcome>,
): Promise<Ended> {
  if (contract === undefined) return { outcome: await carry(), question: undefined };
  const { of, policy } = contract;
  if (checks === undefined || !looksOutside(policy)) {
    return judged(undefined, contract, await carry(), false, signal);
  }
  const kept = await checks.keptOutcome(of);
  if (kept === undefined && contract.since === of.attempt) {
    await checks.rememberFiles(of, policy.filesChanged);
  }
  const outcome = kept ?? (await carry());
  if (kept === undefined && outcome.kind === 'succeeded') await checks.keepOutcome(of, outcome);
  return judged(checks, contract, outcome, kept !== undefined, signal);
}

async function judged(
  checks: Checks | undefined,
  contract: Contract,
  outcome: Outcome,
  isAgain: boolean,
  signal: AbortSignal,
): Promise<Ended> {
  if (outcome.kind !== 'succeeded') return { outcome, question: undefined };
  const { of, who, policy } = contract;
  const { answer } = outcome.result;
  const said = judgeVerdict(policy, { who, answer }, of.run.questions.length);
  if (said.kind === 'failed') return { outcome: failing(outcome, said), question: undefined };
  const report = { verdict: said.verdict, checks: [] };
  if (said.kind === 'asks') {
    return { outcome: reporting(outcome, report), question: said.verdict.summary };
  }
  const seen = await look(checks, contract, isAgain, signal);
  if (looksOutside(policy) && signal.aborted) {
    const message = 'It was ended while its success was looked at.';
    return { outcome: { ...outcome, kind: 'cancelled', message }, question: undefined };
  }
  const judgement = judgeSuccess(policy, said.verdict, { who, answer, ...seen });
  return {
    outcome:
      judgement.kind === 'failed'
        ? failing(outcome, judgement)
        : reporting(outcome, judgement.report),
    question: undefined,
  };
}

async function look(
  checks: Checks | undefined,
  { of, policy, since }: Contract,
  isAgain: boolean,
  signal: AbortSignal,
): Promise<Pick<SuccessFacts, 'files' | 'urls' | 'command'>> {
  if (checks === undefined) return { files: new Map(), urls: new Map(), command: undefined };
  const { filesChanged, urls, command } = policy;
  return {
    files: await checks.findFiles(of, since, filesChanged),
    urls: await checks.findUrls(urls, signal),
    command: command && (await checks.findCommand(of, command, isAgain, signal)),
  };
}

type Failure = Extract<ReturnType<typeof judgeSuccess>, { kind: 'failed' }>;

function failing(outcome: SucceededOutcome, failure: Failure): Outcome {
  const { reason, message, retryable, report } = failure;
  return {
    kind: 'failed',
    reason,
    message,
    retryable,
    result: { ...outcome.result, success: report },
  };
}

/** A run of which nothing was asked and nothing found has nothing to report. */
function reporting(outcome: SucceededOutcome, report: SuccessReport): Outcome {
  if (report.verdict === undefined && report.checks.length === 0) return outcome;
  return { ...outcome, result: { ...outcome.result, success: report } };
}
