import type { Limit } from '../budget/budget.ts';
import { boundText } from '../inbox/inbox-item.ts';
import type { AskPolicy } from './success-policy.ts';

/** Whom a reply to a question came from: a person, or the task's own default at the deadline. */
export type Reply = {
  /** At most REPLY_CHARS_MAX characters. */
  readonly text: string;
  /** The principal that gave it; `default` for the one that is taken when nobody answers. */
  readonly by: string;
  readonly at: Temporal.Instant;
  /** What a question about a budget was answered with: what the run may use beyond it; 0 for nothing. */
  readonly allowance: number | undefined;
};

/** Which bound of a budget a question is about. */
export type AskedLimit = Pick<Limit, 'scope' | 'period' | 'measure' | 'amount'>;

/** What a run asks of a person; while the last one is not answered the run waits. */
export type Question = {
  readonly about:
    | { readonly kind: 'work' }
    /** Asked by Carillon itself: `amount` is what one more of it comes to. */
    | { readonly kind: 'budget'; readonly limit: AskedLimit };
  /** In the words of the run, untrusted, or in ours when it is about a budget. */
  readonly text: string;
  /** The attempt that asked. */
  readonly attempt: number;
  readonly askedAt: Temporal.Instant;
  /** When the default is taken, or the run fails. */
  readonly until: Temporal.Instant;
  readonly byDefault: string | undefined;
  readonly reply: Reply | undefined;
};

const QUESTION_CHARS_MAX = 2_000;
export const REPLY_CHARS_MAX = 10_000;
/** Questions that one run may ask. */
export const QUESTIONS_MAX = 20;

export function newQuestion(
  about: Question['about'],
  text: string,
  attempt: number,
  ask: AskPolicy,
  now: Temporal.Instant,
): Question {
  return {
    about,
    text: boundText(
      text === '' ? 'It asks for a person and does not say why.' : text,
      QUESTION_CHARS_MAX,
    ),
    attempt,
    askedAt: now,
    until: now.add({ milliseconds: ask.deadlineMs }),
    // Money is given by a person and by nothing else.
    byDefault: about.kind === 'budget' ? undefined : ask.byDefault,
    reply: undefined,
  };
}

/** The question that a run waits with. */
export function openQuestion(questions: readonly Question[]): Question | undefined {
  const last = questions.at(-1);
  return last?.reply === undefined ? last : undefined;
}

/** Why a run waits. */
export function waitingReason({ about }: Question): string {
  return about.kind === 'work'
    ? 'it asks a person'
    : 'its budget is used up, and a person is asked whether it may use more';
}

/** Names the inbox item of a question. */
export function questionCause(runId: string, questions: readonly Question[]): string {
  return `question:${runId}:${questions.length}`;
}

/** What a person has allowed a run beyond this bound. */
export function allowanceUnder(
  limit: Pick<Limit, 'scope' | 'period' | 'measure'>,
  questions: readonly Question[],
): number {
  let sum = 0;
  for (const { about, reply } of questions) {
    if (about.kind === 'budget' && isSameLimit(about.limit, limit)) sum += reply?.allowance ?? 0;
  }
  return sum;
}

type LimitKey = Pick<Limit, 'scope' | 'period' | 'measure'>;

function isSameLimit(one: LimitKey, other: LimitKey): boolean {
  return (
    one.period === other.period &&
    one.measure === other.measure &&
    one.scope.kind === other.scope.kind &&
    (one.scope.kind !== 'tag' || (other.scope.kind === 'tag' && one.scope.tag === other.scope.tag))
  );
}
