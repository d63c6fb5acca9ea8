import type { GrantedValue } from '../../domain/action.ts';
import type { Services } from '../../service/services.ts';
import { conversationOf, type Conversation } from './find-conversation.ts';
import { readTime } from './read-time.ts';

/** What a client asks for. */
export type NewConversation = {
  readonly text: string;
  /** ISO 8601. */
  readonly time: string;
  readonly endpoint: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly additionalInfo: string | undefined;
};

/** The moment and the place of a request. */
export type Here = {
  readonly now: Temporal.Instant;
  /** Zone of times that say none. */
  readonly zone: string;
};

/** The older system sends every text so, whatever the headers say. */
const CONTENT_TYPE = 'application/json; charset=utf-8';
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
/** The platform's own limit in the older system. */
const TIMEOUT_MS = 100_000;
const DAY_MS = 24 * 60 * 60_000;
/** A text that came due while no daemon ran is delivered when one does, this late at most. */
const LATE_MS_MAX = 366 * DAY_MS;
/** The state is known by the run, so runs are kept about as long as anybody may ask. */
const KEPT_MS_MAX = 3_660 * DAY_MS;

export async function scheduleConversation(
  services: Services,
  asked: NewConversation,
  { now, zone }: Here,
): Promise<Conversation> {
  const at = readTime(asked.time, zone, now).toString();
  const id = crypto.randomUUID();
  const typeHeader = Object.entries(asked.headers ?? {}).find(([name]) => isContentType(name));
  const { task } = await services.createTask({
    name: `Conversation ${id}`,
    when: { once: at },
    zone,
    action: {
      kind: 'message',
      endpoint: asked.endpoint,
      method: methodOf(asked.method),
      text: asked.text,
      contentType: CONTENT_TYPE,
      headers: granted(asked.headers ?? {}),
      info: asked.additionalInfo === undefined ? {} : { additionalInfo: asked.additionalInfo },
    },
    policies: {
      timeoutMs: TIMEOUT_MS,
      catchUp: { mode: 'latest', windowMs: LATE_MS_MAX },
      retention: { ageMsMax: KEPT_MS_MAX },
    },
    foreignId: id,
    ext: {
      targetId: crypto.randomUUID(),
      scheduledTime: at,
      hasHeaders: asked.headers !== undefined,
      ...(typeHeader === undefined ? {} : { contentType: typeHeader[1] }),
    },
  });
  const made = conversationOf(task);
  if (made === undefined) throw new Error('A conversation was stored as something else.');
  return made;
}

function methodOf(asked: string): string {
  const method = asked.trim().toUpperCase();
  return METHODS.includes(method) ? method : 'POST';
}

/** Without the content type, which is always the same; it is kept beside the message for who asks. */
function granted(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, GrantedValue>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !isContentType(name))
      .map(([name, text]) => [name, { kind: 'text', text }]),
  );
}

function isContentType(name: string): boolean {
  return name.toLowerCase() === 'content-type';
}
