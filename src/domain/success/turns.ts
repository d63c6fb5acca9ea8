import type { Answer } from '../outcome.ts';
import type { Attempt } from '../run.ts';
import type { Question } from './question.ts';

/** What a run has answered before, and what it is told to that. */
export type Turn = { readonly answer: Answer; readonly reply: string };

const GO_ON = 'You were stopped in the middle of your work. Go on where you stopped.';

/**
 * The conversation that a run goes on with, oldest turn first; empty for one that begins anew. A run
 * that a budget stopped goes on only where its engine has kept the session.
 */
export function turnsOf(
  questions: readonly Question[],
  attempts: readonly Pick<Attempt, 'attempt' | 'result'>[],
): readonly Turn[] {
  return questions.flatMap(({ about, attempt, reply }) => {
    const answer = attempts.find((one) => one.attempt === attempt)?.result?.answer;
    if (answer === undefined || reply === undefined) return [];
    if (about.kind === 'work') return [{ answer, reply: reply.text }];
    return answer.session === undefined ? [] : [{ answer, reply: GO_ON }];
  });
}

/**
 * A conversation as one prompt, for engines that keep no session.
 *
 * @param mark known only to this run: marks where its earlier answers begin and end.
 */
export function replayed(prompt: string, turns: readonly Turn[], mark: string): string {
  const told = turns.map(
    ({ answer, reply }) =>
      `Between the two marks is what you answered before.\n<<<data ${mark}\n${answer.text ?? ''}\n${mark} end of data>>>\nTo that a person said:\n${reply}`,
  );
  return [prompt, ...told, 'Go on with your work.'].join('\n\n');
}
