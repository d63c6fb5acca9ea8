import type { RunId } from '../../src/domain/id.ts';
import { openQuestion } from '../../src/domain/success/question.ts';
import type { Settled } from '../../src/domain/success/settle-question.ts';
import type { Store } from '../../src/ports/store.ts';
import { startFollowers } from './memory-chain.ts';
import {
  endRun,
  settleQuestions,
  tell,
  type MemoryState,
  type Told,
  type Transact,
} from './memory-state.ts';

export function memoryQuestions(
  state: MemoryState,
  transact: Transact,
): Pick<Store, 'replyToRun' | 'listUnanswered'> {
  return {
    replyToRun: (id, question, settled) =>
      transact(settled.reply.at, (told) => replyToRun(told, id, question, settled)),
    listUnanswered: async (now, limit) =>
      [...state.runs.values()]
        .map(({ run }) => run)
        .filter((run) => run.state === 'waiting' && untilMs(run) <= now.epochMilliseconds)
        .toSorted((a, b) => untilMs(a) - untilMs(b))
        .slice(0, limit),
  };
}

function untilMs(run: { readonly questions: Parameters<typeof openQuestion>[0] }): number {
  return openQuestion(run.questions)?.until.epochMilliseconds ?? Infinity;
}

function replyToRun(told: Told, id: RunId, number: number, settled: Settled): boolean {
  const row = told.state.runs.get(id);
  if (row === undefined || row.run.state !== 'waiting') return false;
  const { questions } = row.run;
  const open = questions.at(-1);
  if (open === undefined || questions.length !== number) return false;
  const { reply } = settled;
  row.run = { ...row.run, questions: [...questions.slice(0, -1), { ...open, reply }] };
  if (settled.kind === 'ends') {
    const { reason, message } = settled;
    endRun(told, row, 'failed', { stateReason: reason, outcome: 'failed', message });
    startFollowers(told, row.run);
    return true;
  }
  row.run = { ...row.run, state: 'queued', stateReason: undefined, readyAt: reply.at };
  row.readyMs = reply.at.epochMilliseconds;
  settleQuestions(told, id);
  tell(told, 'run.queued', row.run.taskId, id);
  return true;
}
