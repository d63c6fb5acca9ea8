import { readAllowance } from '../budget/allowance.ts';
import { Refusal } from '../refusal.ts';
import { REPLY_CHARS_MAX, type Question, type Reply } from './question.ts';

/** Where a reply takes a run: it goes on, or it ends as failed. */
export type Settled =
  | { readonly kind: 'goes_on'; readonly reply: Reply }
  | {
      readonly kind: 'ends';
      readonly reply: Reply;
      readonly reason: 'budget' | 'unanswered';
      readonly message: string;
    };

/** What a person's answer means. Refuses one that means nothing. */
export function settleQuestion(
  { about }: Question,
  text: string,
  by: string,
  at: Temporal.Instant,
): Settled {
  const said = text.trim();
  if (said === '' || text.length > REPLY_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `An answer has from 1 to ${REPLY_CHARS_MAX} characters; this one has ${text.length}.`,
    );
  }
  const reply = { text: said, by, at, allowance: undefined };
  if (about.kind === 'work') return { kind: 'goes_on', reply };
  const allowance = readAllowance(said, about.limit);
  if (allowance === undefined) {
    throw new Refusal(
      'invalid',
      'This question is about a budget. Answer yes, no, or how much more the run may use, such as 2.50.',
    );
  }
  return allowance === 0
    ? {
        kind: 'ends',
        reply: { ...reply, allowance },
        reason: 'budget',
        message: 'Its budget is used up, and a person allowed it no more.',
      }
    : { kind: 'goes_on', reply: { ...reply, allowance } };
}

/** What becomes of a run to which nobody has answered in time. */
export function settleUnanswered({ about, byDefault }: Question, at: Temporal.Instant): Settled {
  if (byDefault !== undefined) {
    return { kind: 'goes_on', reply: { text: byDefault, by: 'default', at, allowance: undefined } };
  }
  const reply = { text: '', by: 'default', at, allowance: about.kind === 'budget' ? 0 : undefined };
  return about.kind === 'budget'
    ? {
        kind: 'ends',
        reply,
        reason: 'budget',
        message: 'Its budget is used up, and nobody answered in time whether it may use more.',
      }
    : {
        kind: 'ends',
        reply,
        reason: 'unanswered',
        message: 'It asked a question, and nobody answered in time.',
      };
}
