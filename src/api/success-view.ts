import { z } from 'zod';
import { toPlainText } from '../domain/masking/plain-text.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import { openQuestion } from '../domain/success/question.ts';
import { describedElsewhere } from './json-schema.ts';
import { tellTime, timeIn } from './times.ts';

const checkView = z.object({ check: z.string(), passed: z.boolean(), note: z.string() });

const questionView = z.object({
  about: z.string(),
  /** Untrusted when it is about work. */
  text: z.string(),
  asked_at: z.string(),
  until: z.string(),
  default: z.string().nullable(),
});

/** What is known of the success of a run, and what it asks a person. */
export const successViewShape = {
  verdict: z.string().nullable(),
  /** Untrusted: what the run said of itself. */
  summary: z.string().nullable(),
  checks: z.array(describedElsewhere(checkView)),
  question: describedElsewhere(questionView).nullable(),
};

const successView = z.object(successViewShape);
export type SuccessView = z.output<typeof successView>;

export function viewSuccessOf(
  result: RunResult | undefined,
  { questions }: Pick<Run, 'questions'>,
  zone: string,
): SuccessView {
  const { verdict, checks = [] } = result?.success ?? {};
  const open = openQuestion(questions);
  return {
    verdict: verdict?.kind ?? null,
    summary: verdict === undefined ? null : toPlainText(verdict.summary),
    checks: checks.map(({ check, hasPassed, note }) => ({ check, passed: hasPassed, note })),
    question:
      open === undefined
        ? null
        : {
            about: open.about.kind,
            text: toPlainText(open.text),
            asked_at: timeIn(zone, open.askedAt),
            until: timeIn(zone, open.until),
            default: open.byDefault ?? null,
          },
  };
}

/** What was found, and until when it waits; the words of the run itself stand between marks elsewhere. */
export function tellSuccess(view: SuccessView, now: Temporal.Instant): readonly string[] {
  const { verdict, checks, question } = view;
  return [
    verdict === null ? '' : `Its own verdict: ${verdict}.`,
    ...checks.map(({ check, passed, note }) => `- ${check}: ${passed ? 'ok' : 'FAILED'}. ${note}`),
    ...(question === null ? [] : [tellDeadline(question, now)]),
  ].filter((line) => line !== '');
}

function tellDeadline(
  question: NonNullable<SuccessView['question']>,
  now: Temporal.Instant,
): string {
  const then =
    question.default === null
      ? 'without one it fails'
      : `then ${JSON.stringify(question.default)} is taken`;
  const what = question.about === 'budget' ? ` ${question.text}` : '';
  return `It waits for an answer of a person until ${tellTime(question.until, now)}; ${then}.${what}`;
}

/** What the run said of itself and asks: text from outside. */
export function wordsOfRun({ summary, question }: SuccessView): readonly string[] {
  const asked = question?.about === 'work' ? question.text : undefined;
  return [
    ...(summary === null || summary === '' || summary === asked ? [] : [`Summary: ${summary}`]),
    ...(asked === undefined ? [] : [`Question: ${asked}`]),
  ];
}
