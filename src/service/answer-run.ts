import type { RunId } from '../domain/id.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { openQuestion, type Question } from '../domain/success/question.ts';
import { settleQuestion } from '../domain/success/settle-question.ts';
import { findRun } from './find-run.ts';
import type { ServicePorts } from './services.ts';

/**
 * Answers the question that a run waits with: it goes on with the answer, or ends when a person allows
 * it no more money. The first answer counts.
 */
export async function answerRun(
  ports: ServicePorts,
  principal: Principal,
  id: RunId,
  text: string,
): Promise<Run> {
  requireScope(principal, 'tasks:run');
  const run = await findRun(ports, principal, id);
  const question = openQuestion(run.questions);
  if (run.state !== 'waiting' || question === undefined) throw notWaiting(run);
  requireAnswerer(principal, question);
  const settled = settleQuestion(question, text, principal.id, await ports.store.now());
  if (!(await ports.store.replyToRun(id, run.questions.length, settled))) {
    throw notWaiting(await findRun(ports, principal, id));
  }
  return findRun(ports, principal, id);
}

const PEOPLE: readonly Principal['kind'][] = ['owner', 'person'];

/** A run must not answer for the person it asks, and only a person gives money. */
function requireAnswerer({ kind }: Principal, { about }: Question): void {
  if (kind === 'agent_run') {
    throw new Refusal(
      'forbidden',
      'A run may not answer questions: they are asked of a person.',
      'Tell the person that the question is waiting in the inbox.',
    );
  }
  if (about.kind === 'budget' && !PEOPLE.includes(kind)) {
    throw new Refusal('forbidden', 'Only a person may decide whether a run may use more.');
  }
}

function notWaiting(run: Run): Refusal {
  return new Refusal(
    'conflict',
    `The run ${run.id} waits for no answer; it is ${run.state}.`,
    'Its state and what came of its questions are told by get_run.',
  );
}
