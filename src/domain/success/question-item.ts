import {
  boundText,
  INBOX_BODY_CHARS_MAX,
  INBOX_TITLE_CHARS_MAX,
  type NewInboxItem,
} from '../inbox/inbox-item.ts';
import type { Run } from '../run.ts';
import { questionCause, type Question } from './question.ts';

/** The item that asks a person, in the inbox and through the channels of the task. */
export function questionItem(
  run: Pick<Run, 'id' | 'namespace' | 'taskId' | 'taskName' | 'questions'>,
  question: Question,
  channels: readonly string[],
): NewInboxItem {
  const { id, namespace, taskId, taskName } = run;
  const until = question.until.toString({ smallestUnit: 'minute' });
  const atDeadline =
    question.byDefault === undefined
      ? `Without an answer it fails at ${until}.`
      : `Without an answer the default is taken at ${until}.`;
  const how = `${atDeadline}\ncarillon runs answer ${id} "…"`;
  const room = INBOX_BODY_CHARS_MAX - how.length - 2;
  return {
    kind: 'question',
    cause: questionCause(id, [...run.questions, question]),
    namespace,
    taskId,
    taskName,
    runId: id,
    title: boundText(`${taskName} asks`, INBOX_TITLE_CHARS_MAX),
    body: `${boundText(question.text, room)}\n\n${how}`,
    notice: { channels, level: 'warning', sound: undefined },
    deliveries: [],
    isTold: true,
  };
}
