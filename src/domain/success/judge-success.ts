import type { Answer, FailureReason } from '../outcome.ts';
import { QUESTIONS_MAX } from './question.ts';
import type { CheckName, CheckResult, SuccessReport } from './success-report.ts';
import { NO_SUCCESS_POLICY, type SuccessPolicy } from './success-policy.ts';
import { verdictOf, type Verdict } from './verdict.ts';

/** What was found of what a check looks at outside; what is found of it is a sentence. */
export type Finding = { readonly isGood: boolean; readonly note: string };

/** What is known of an attempt that ended well. */
export type SuccessFacts = {
  /** Who answered: the engine, or `The model`. */
  readonly who: string;
  readonly answer: Answer | undefined;
  /** By the path, by the address, and of the one command. */
  readonly files: ReadonlyMap<string, Finding>;
  readonly urls: ReadonlyMap<string, Finding>;
  readonly command: Finding | undefined;
};

export type Judgement = { readonly report: SuccessReport } & (
  | { readonly kind: 'succeeded' }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      readonly retryable: boolean;
    }
);

/** What the verdict alone decides, before anything outside is looked at. */
export type VerdictJudgement =
  | { readonly kind: 'goes_on'; readonly verdict: Verdict | undefined }
  | { readonly kind: 'asks'; readonly verdict: Verdict }
  | Extract<Judgement, { kind: 'failed' }>;

/** A question of a run to a person comes before its checks: its work is not done yet. */
export function judgeVerdict(
  policy: SuccessPolicy | undefined,
  { who, answer }: Pick<SuccessFacts, 'who' | 'answer'>,
  questionsAsked: number,
): VerdictJudgement {
  if (policy?.verdict !== true) return { kind: 'goes_on', verdict: undefined };
  const verdict = verdictOf(answer?.text, answer?.data);
  const report = { verdict, checks: [] };
  const failed = { kind: 'failed', retryable: true, report } as const;
  switch (verdict?.kind) {
    case undefined:
      return {
        ...failed,
        reason: 'bad_answer',
        message: `${who} answered, but without the verdict that the task asks for, so nobody knows whether it is done.`,
      };
    case 'failed':
      return {
        ...failed,
        reason: 'verdict_failed',
        message: `${who} says itself that it failed; its summary says why.`,
      };
    case 'needs_human':
      if (questionsAsked < QUESTIONS_MAX) return { kind: 'asks', verdict };
      return {
        ...failed,
        reason: 'verdict_failed',
        message: `${who} has asked ${questionsAsked} questions, which is the most that a run may ask, and has another one.`,
        retryable: false,
      };
    case 'done':
    case 'nothing_new':
      return { kind: 'goes_on', verdict };
  }
}

/** Whether an attempt that ended well has done what its task wants; each check that was made is told. */
export function judgeSuccess(
  policy: SuccessPolicy = NO_SUCCESS_POLICY,
  verdict: Verdict | undefined,
  facts: SuccessFacts,
): Judgement {
  const isNothingNew = verdict?.kind === 'nothing_new';
  const rows = CHECKS.filter(({ ofWork }) => !(ofWork && isNothingNew));
  const checks = rows.flatMap(({ check, judge }) =>
    judge(policy, facts).map(({ isGood, note }) => ({ check, hasPassed: isGood, note })),
  );
  const report = { verdict, checks };
  const failed = checks.filter(({ hasPassed }) => !hasPassed);
  const [first] = failed;
  if (first === undefined) return { kind: 'succeeded', report };
  const isDenial = first.check === 'no_denials';
  return {
    kind: 'failed',
    reason: isDenial ? 'permission_denied' : 'check_failed',
    message: isDenial ? first.note : sayFailed(facts.who, failed),
    // What was denied once is denied again.
    retryable: !isDenial,
    report,
  };
}

const FAILED_TOLD_MAX = 5;

function sayFailed(who: string, failed: readonly CheckResult[]): string {
  const notes = failed.slice(0, FAILED_TOLD_MAX).map(({ check, note }) => `${check}: ${note}`);
  const rest = failed.length - notes.length;
  const more = rest > 0 ? ` ${rest} more failed.` : '';
  const what = failed.length === 1 ? 'a check' : `${failed.length} checks`;
  return `${who} answered, but ${what} of the task failed. ${notes.join(' ')}${more}`;
}

type CheckRow = {
  readonly check: CheckName;
  /** Whether it asks for a trace of work, which a run that found nothing new need not leave. */
  readonly ofWork: boolean;
  /** Nothing when the task does not ask for it. */
  judge(policy: SuccessPolicy, facts: SuccessFacts): readonly Finding[];
};

/** Every check, in the order in which they are told. */
const CHECKS: readonly CheckRow[] = [
  {
    check: 'no_denials',
    ofWork: false,
    judge: ({ allowsDenials }, { who, answer }) =>
      allowsDenials || answer === undefined || answer.denials.length === 0
        ? []
        : [{ isGood: false, note: sayDenied(who, answer.denials) }],
  },
  {
    check: 'tool_calls',
    ofWork: false,
    judge: ({ toolCallsMin }, { answer }) =>
      atLeast(toolCallsMin, answer?.toolCalls, 'It made', 'tool calls'),
  },
  {
    check: 'chars',
    ofWork: true,
    judge: ({ charsMin }, { answer }) =>
      atLeast(charsMin, answer?.text?.trim().length, 'Its answer has', 'characters'),
  },
  {
    check: 'tokens',
    ofWork: true,
    judge: ({ tokensMin }, { answer }) =>
      atLeast(tokensMin, answer?.usage?.outputTokens, 'It used', 'tokens out'),
  },
  {
    check: 'usd',
    ofWork: true,
    judge: ({ usdMin }, { answer }) => atLeast(usdMin, answer?.costUsd, 'It cost', 'dollars'),
  },
  {
    check: 'file_changed',
    ofWork: true,
    judge: ({ filesChanged }, { files }) => filesChanged.map((path) => files.get(path) ?? NOT_SEEN),
  },
  {
    check: 'url',
    ofWork: false,
    judge: ({ urls }, facts) => urls.map((url) => facts.urls.get(url) ?? NOT_SEEN),
  },
  {
    check: 'command',
    ofWork: false,
    judge: ({ command }, facts) => (command === undefined ? [] : [facts.command ?? NOT_SEEN]),
  },
];

const NOT_SEEN: Finding = { isGood: false, note: 'It could not be looked at.' };

function atLeast(
  min: number | undefined,
  count: number | undefined,
  verb: string,
  unit: string,
): readonly Finding[] {
  if (min === undefined) return [];
  if (count === undefined) {
    return [
      {
        isGood: false,
        note: `Nobody told how many ${unit} it came to; at least ${min} are wanted.`,
      },
    ];
  }
  const told = `${verb} ${count} ${unit}`;
  return count >= min
    ? [{ isGood: true, note: `${told}.` }]
    : [{ isGood: false, note: `${told}; at least ${min} are wanted.` }];
}

/** Names of tools that a server made up are not put into a sentence of ours. */
const TOOL_NAME = /^[A-Za-z][A-Za-z_]{0,30}$/;
const NAMES_SHOWN_MAX = 5;

function sayDenied(who: string, denials: readonly string[]): string {
  const names = denials.filter((name) => TOOL_NAME.test(name) && !name.startsWith('mcp_'));
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(', ');
  const what = shown === '' ? 'a tool that it asked for' : shown;
  return `${who} answered, but was not permitted to use ${what}, so its work may be incomplete. Add what it needs to the allowed tools of the task.`;
}
