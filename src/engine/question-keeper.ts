import { openQuestion } from '../domain/success/question.ts';
import { settleUnanswered } from '../domain/success/settle-question.ts';
import type { EnginePorts } from './engine-ports.ts';

/** The most runs whose time to be answered is over that one pass looks at. */
const UNANSWERED_PER_PASS = 100;

/** Takes the default answer for runs to which nobody has answered in time, or ends them. */
export async function settleUnansweredOnce({ store }: Pick<EnginePorts, 'store'>): Promise<void> {
  const now = await store.now();
  for (const run of await store.listUnanswered(now, UNANSWERED_PER_PASS)) {
    const question = openQuestion(run.questions);
    if (question === undefined) continue;
    await store.replyToRun(run.id, run.questions.length, settleUnanswered(question, now));
  }
}
