import type { Json, JsonObject } from '../../domain/json.ts';
import type { Task } from '../../domain/task.ts';
import { STATUSES, type Conversation, type Progress } from './find-conversation.ts';

/** A conversation as the REST answers of the older system show it: its state is a number there. */
export function wireConversation(
  { id, task, action }: Conversation,
  { status, run }: Progress,
): JsonObject {
  const changed = [task.updatedAt, run?.startedAt, run?.endedAt].filter(
    (instant) => instant !== undefined,
  );
  return {
    id,
    scheduledTime: textIn(task.ext, 'scheduledTime') ?? scheduledFor(task),
    conversationText: action.text,
    target: {
      id: textIn(task.ext, 'targetId') ?? id,
      conversationId: id,
      endpoint: action.endpoint,
      method: action.method,
      headersJson: headersJson(task.ext, action.headers),
      additionalInfo: textIn(action.info, 'additionalInfo') ?? null,
    },
    createdAt: task.createdAt.toString(),
    updatedAt: changed.toSorted(Temporal.Instant.compare).at(-1)?.toString() ?? null,
    status: STATUSES.indexOf(status),
  };
}

/** The owner may have given it another time, or taken its time away. */
function scheduledFor(task: Task): Json {
  const rule = task.definition.schedule?.rule;
  return rule?.kind === 'once' ? rule.at.toString() : null;
}

/** Values that Carillon keeps as secrets are named, never shown. */
function headersJson(ext: JsonObject, headers: Conversation['action']['headers']): Json {
  const contentType = textIn(ext, 'contentType');
  const shown: Record<string, string> =
    contentType === undefined ? {} : { 'Content-Type': contentType };
  for (const [name, value] of Object.entries(headers)) {
    shown[name] = value.kind === 'text' ? value.text : `(secret ${value.secret})`;
  }
  return ext['hasHeaders'] === true || Object.keys(shown).length > 0 ? JSON.stringify(shown) : null;
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}
