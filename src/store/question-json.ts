import type { Question, Reply } from '../domain/success/question.ts';
import { instantOf, msOf } from './instants.ts';

type ReplyJson = Omit<Reply, 'at' | 'allowance'> & {
  readonly at: number;
  readonly allowance?: number;
};

type QuestionJson = Omit<Question, 'askedAt' | 'until' | 'byDefault' | 'reply'> & {
  readonly askedAt: number;
  readonly until: number;
  readonly byDefault?: string;
  readonly reply?: ReplyJson;
};

const NONE: readonly Question[] = [];
const NONE_TEXT = '[]';

export function questionsText(questions: readonly Question[]): string {
  return JSON.stringify(
    questions.map(({ askedAt, until, reply, ...rest }) => ({
      ...rest,
      askedAt: msOf(askedAt),
      until: msOf(until),
      reply: reply && { ...reply, at: msOf(reply.at) },
    })),
  );
}

export function questionsOf(text: string): readonly Question[] {
  // Nearly every run has asked nothing.
  if (text === NONE_TEXT) return NONE;
  return (JSON.parse(text) as readonly QuestionJson[]).map(
    ({ askedAt, until, byDefault, reply, ...rest }) => ({
      ...rest,
      askedAt: instantOf(askedAt),
      until: instantOf(until),
      byDefault,
      reply: reply && { ...reply, allowance: reply.allowance, at: instantOf(reply.at) },
    }),
  );
}
