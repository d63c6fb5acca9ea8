import type {
  Action,
  CommandAction,
  HttpAction,
  ModelAction,
  ReminderAction,
} from '../../domain/action.ts';
import type { JsonObject } from '../../domain/json.ts';
import { CONTENT_TYPE, type TaskExt } from './wire-task.ts';

/** Methods with which the older system sends a body. */
const METHODS_WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH'];

/** An API call in the older system's words. */
export type ApiCall = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject | undefined;
};

/** The command is text for the shell, so that the seed's own example with `>` and `$(…)` works. */
export function commandAction(command: string, cwd: string | undefined): CommandAction {
  return {
    kind: 'command',
    program: { kind: 'shell', text: command },
    cwd,
    env: {},
    stdin: undefined,
  };
}

/** The most that the older system lets a model answer. */
const OUTPUT_TOKENS_MAX = 2_000;
const SYSTEM_TEXT = 'You are a helpful assistant.';

/** @param secret names the key in the vault; the daemon's `OPENAI_API_KEY` when absent. */
export function aiAction(model: string, prompt: string, secret: string | undefined): ModelAction {
  return {
    kind: 'model',
    provider: 'openai',
    model,
    prompt,
    baseUrl: undefined,
    apiKey: secret === undefined ? undefined : { kind: 'secret', secret },
    systemText: SYSTEM_TEXT,
    temperature: undefined,
    outputTokensMax: OUTPUT_TOKENS_MAX,
    answerSchema: undefined,
    files: [],
  };
}

/** Without a title the name stands there. */
export function reminderAction(
  name: string,
  title: string | undefined,
  message: string,
): { readonly action: ReminderAction; readonly ext: JsonObject } {
  const ext: TaskExt = title === undefined ? { has_no_title: true } : {};
  return {
    ext,
    action: {
      kind: 'reminder',
      title: title ?? name,
      body: message,
      channels: [],
      sound: undefined,
    },
  };
}

export function apiAction(call: ApiCall): {
  readonly action: HttpAction;
  readonly ext: JsonObject;
} {
  const sendsBody =
    call.body !== undefined && METHODS_WITH_BODY.includes(call.method.toUpperCase());
  const hasType = Object.keys(call.headers).some((name) => name.toLowerCase() === CONTENT_TYPE);
  const addsType = sendsBody && !hasType;
  const headers = { ...call.headers, ...(addsType ? { [CONTENT_TYPE]: 'application/json' } : {}) };
  const ext: TaskExt = {
    api_method: call.method,
    ...(call.body === undefined ? {} : { api_body: call.body }),
    ...(addsType ? { adds_content_type: true } : {}),
  };
  return {
    ext,
    action: {
      kind: 'http',
      method: call.method,
      url: call.url,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, { kind: 'text', text }]),
      ),
      body: sendsBody ? JSON.stringify(call.body) : undefined,
      // The older system takes every status below 400 for success.
      expectedStatus: [[100, 399]],
    },
  };
}

/** The API call of a task as it is, for an edit that names parts of it. */
export function apiCallOf(action: Action, given: JsonObject): ApiCall | undefined {
  if (action.kind !== 'http') return undefined;
  const ext: TaskExt = given;
  const headers = Object.entries(action.headers).flatMap(([name, value]) =>
    value.kind === 'text' && !(ext.adds_content_type === true && name === CONTENT_TYPE)
      ? [[name, value.text] as const]
      : [],
  );
  return {
    url: action.url,
    method: ext.api_method ?? action.method,
    headers: Object.fromEntries(headers),
    body: ext.api_body,
  };
}
