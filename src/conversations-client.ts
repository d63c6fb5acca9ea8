export type ConversationStatus = 'Scheduled' | 'InProgress' | 'Completed' | 'Failed' | 'Cancelled';

export type SchedulerOptions = {
  /** Address of the door for conversations; `http://localhost:5146` when absent. */
  readonly url?: string;
  readonly clientId: string;
  readonly apiKey: string;
};

export type ScheduleOptions = {
  /** HTTP method, `POST` when absent. */
  readonly method?: string;
  /** Kept beside the text; not sent. */
  readonly additionalInfo?: string;
};

const URL_DEFAULT = 'http://localhost:5146';
const REQUEST_MS_MAX = 30_000;
const STATUSES: readonly string[] = ['Scheduled', 'InProgress', 'Completed', 'Failed', 'Cancelled'];

/**
 * The wrapper of the older conversation scheduler, for TypeScript. As there, a call that fails answers
 * `undefined` or `false`; `lastError` then says why.
 */
export class SchedulerService {
  readonly #url: string;
  readonly #credentials: { readonly clientId: string; readonly apiKey: string };
  #token: string | undefined;
  #lastError: string | undefined;

  constructor({ url = URL_DEFAULT, clientId, apiKey }: SchedulerOptions) {
    // The older configuration names the address of MCP.
    this.#url = url.replace(/\/(?:mcp\/?)?$/, '');
    this.#credentials = { clientId, apiKey };
  }

  /** Why the last call failed; `undefined` when it did not. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Gets a token. @returns whether there is one. */
  async initialize(): Promise<boolean> {
    const answer = await this.#post('/api/auth/token', this.#credentials);
    const token = answer?.body['token'];
    this.#token = typeof token === 'string' ? token : undefined;
    return this.#token !== undefined;
  }

  /**
   * @param scheduledTime a `Temporal.Instant` or a `Date`, or a text in ISO 8601.
   * @returns the id of the conversation.
   */
  async scheduleConversation(
    conversationText: string,
    scheduledTime: string | { toJSON(): string },
    endpoint: string,
    options: ScheduleOptions = {},
  ): Promise<string | undefined> {
    const time = typeof scheduledTime === 'string' ? scheduledTime : scheduledTime.toJSON();
    const id = await this.#execute('scheduleConversation', {
      conversationText,
      scheduledTime: time,
      endpoint,
      ...options,
    });
    return typeof id === 'string' ? id : undefined;
  }

  async getConversationStatus(conversationId: string): Promise<ConversationStatus | undefined> {
    const status = await this.#execute('getConversationStatus', { conversationId });
    return isStatus(status) ? status : undefined;
  }

  /** @returns whether it was called off; `false` also when it is due already. */
  async cancelConversation(conversationId: string): Promise<boolean> {
    return (await this.#execute('cancelConversation', { conversationId })) === true;
  }

  /** Forgets the token. */
  async close(): Promise<void> {
    this.#token = undefined;
    return Promise.resolve();
  }

  /** A token that has expired is replaced once. */
  async #execute(toolId: string, toolParameters: object): Promise<unknown> {
    if (this.#token === undefined && !(await this.initialize())) return undefined;
    let answer = await this.#post('/mcp/execute', { toolId, toolParameters });
    if (answer?.status === 401 && (await this.initialize())) {
      answer = await this.#post('/mcp/execute', { toolId, toolParameters });
    }
    return answer?.status === 200 ? answer.body['toolResult'] : undefined;
  }

  async #post(path: string, body: object): Promise<Answer | undefined> {
    this.#lastError = undefined;
    try {
      const response = await fetch(this.#url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      });
      const answer = { status: response.status, body: objectIn(await response.text()) };
      if (!response.ok) this.#lastError = errorIn(answer);
      return answer;
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : 'The request failed.';
      return undefined;
    }
  }
}

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

function isStatus(value: unknown): value is ConversationStatus {
  return typeof value === 'string' && STATUSES.includes(value);
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function errorIn({ status, body }: Answer): string {
  const told = body['error'] ?? body['detail'] ?? body['title'];
  return typeof told === 'string' ? told : `The scheduler answered with status ${String(status)}.`;
}
