import type {
  Action,
  AgentAction,
  CommandAction,
  GrantedValue,
  HttpAction,
  MessageAction,
} from '../action.ts';
import type { TemplateContext } from './template.ts';

/** What a text of an action is, and what may stand in it. */
export type TextPlace = {
  /** For refusals: `"prompt"`. */
  readonly name: string;
  /** `literal`: it has no placeholders, because a value there could change what is done. */
  readonly context: TemplateContext | 'literal';
  readonly takesOutside: boolean;
};

export type Fill = (text: string, place: TextPlace) => string;

/** The action with each of its texts replaced by what `fill` makes of it. */
export function fillAction<Kind extends Action>(action: Kind, fill: Fill): Kind;
export function fillAction(action: Action, fill: Fill): Action {
  switch (action.kind) {
    case 'command':
      return fillCommand(action, fill);
    case 'http':
      return fillHttp(action, fill);
    case 'agent':
      return fillAgent(action, fill);
    case 'model':
      return {
        ...action,
        prompt: fill(action.prompt, PROMPT),
        systemText: orAbsent(action.systemText, SYSTEM_TEXT, fill),
        model: fill(action.model, literal('model')),
        baseUrl: orAbsent(action.baseUrl, literal('base_url'), fill),
        files: action.files.map((file) => fill(file, literal('files'))),
      };
    case 'message':
      return fillMessage(action, fill);
    case 'reminder':
      return {
        ...action,
        title: fill(action.title, anyValue('title', 'text')),
        body: fill(action.body, anyValue('body', 'text')),
      };
  }
}

const PROMPT = anyValue('prompt', 'prompt');
/** A model trusts it most, so nothing from outside gets into it, fenced or not. */
const SYSTEM_TEXT = ownValue('system_text', 'prompt');

function fillCommand(action: CommandAction, fill: Fill): CommandAction {
  const { program, cwd, env, stdin } = action;
  return {
    ...action,
    program: fillProgram(program, fill),
    cwd: orAbsent(cwd, literal('cwd'), fill),
    env: fillValues(env, fill, (name) => ownValue(`env.${name}`, 'text')),
    // Some programs carry out what they read.
    stdin: orAbsent(stdin, ownValue('stdin', 'text'), fill),
  };
}

function fillProgram(program: CommandAction['program'], fill: Fill): CommandAction['program'] {
  if (program.kind === 'shell') {
    return { ...program, text: fill(program.text, literal('command')) };
  }
  const [first, ...rest] = program.argv;
  return {
    ...program,
    argv: [
      fill(first, literal('argv[0]')),
      ...rest.map((text, index) => fill(text, ownValue(`argv[${index + 1}]`, 'text'))),
    ],
  };
}

function fillHttp(action: HttpAction, fill: Fill): HttpAction {
  const { url, headers, body } = action;
  return {
    ...action,
    url: fillUrl(url, 'url', fill),
    headers: fillHeaders(headers, fill),
    body: orAbsent(body, anyValue('body', bodyContext(contentTypeOf(headers), body ?? '')), fill),
  };
}

function fillMessage(action: MessageAction, fill: Fill): MessageAction {
  const { endpoint, text, contentType, headers } = action;
  return {
    ...action,
    endpoint: fillUrl(endpoint, 'endpoint', fill),
    text: fill(text, anyValue('text', bodyContext(contentType, text))),
    contentType: fill(contentType, literal('content_type')),
    headers: fillHeaders(headers, fill),
  };
}

function fillAgent(action: AgentAction, fill: Fill): AgentAction {
  const { prompt, systemText, cwd, env, flags } = action;
  return {
    ...action,
    engine: fill(action.engine, literal('engine')),
    prompt: fill(prompt, PROMPT),
    systemText: orAbsent(systemText, SYSTEM_TEXT, fill),
    cwd: orAbsent(cwd, literal('cwd'), fill),
    env: fillValues(env, fill, (name) => ownValue(`env.${name}`, 'text')),
    flags: flags.map((flag, index) => fillFlag(flag, `flags[${index}]`, fill)),
  };
}

/** Which flag it is stands written; only its value, behind `=`, may be filled in. */
function fillFlag(flag: string, name: string, fill: Fill): string {
  const valueAt = flag.indexOf('=') + 1;
  if (valueAt === 0) return fill(flag, literal(name));
  return (
    fill(flag.slice(0, valueAt), literal(`the name of ${name}`)) +
    fill(flag.slice(valueAt), ownValue(name, 'text'))
  );
}

/** Scheme and host say whom the task talks to; behind them values may stand, encoded. */
function fillUrl(url: string, name: string, fill: Fill): string {
  const authority = SCHEME_AND_HOST.exec(url)?.[0] ?? '';
  return (
    fill(authority, literal(`the scheme and host of ${name}`)) +
    fill(url.slice(authority.length), anyValue(name, 'url'))
  );
}

/** As browsers read it: any number of slashes of either kind may stand before the host. */
const SCHEME_AND_HOST = /^[^/?#\\]*[/\\\s]*[^/?#\\]*/;

function fillHeaders(
  headers: Readonly<Record<string, GrantedValue>>,
  fill: Fill,
): Readonly<Record<string, GrantedValue>> {
  return fillValues(headers, fill, (name) => anyValue(`headers.${name}`, 'header'));
}

function fillValues(
  values: Readonly<Record<string, GrantedValue>>,
  fill: Fill,
  placeOf: (name: string) => TextPlace,
): Readonly<Record<string, GrantedValue>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      fill(name, literal('a name in env or headers')),
      value.kind === 'text' ? { kind: 'text', text: fill(value.text, placeOf(name)) } : value,
    ]),
  );
}

function contentTypeOf(headers: Readonly<Record<string, GrantedValue>>): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return found?.[1].kind === 'text' ? found[1].text : undefined;
}

/** How values are written into a body of this type; without one, a body that begins as JSON is JSON. */
function bodyContext(contentType: string | undefined, body: string): TemplateContext {
  if (contentType === undefined) return BEGINS_AS_JSON.test(body) ? 'json' : 'text';
  if (/\bjson\b/i.test(contentType)) return 'json';
  return /x-www-form-urlencoded/i.test(contentType) ? 'form' : 'text';
}

const BEGINS_AS_JSON = /^\s*(?:\{\s*["}]|\[\s*[[\]{"\d])/;

function orAbsent(text: string | undefined, place: TextPlace, fill: Fill): string | undefined {
  return text === undefined ? undefined : fill(text, place);
}

function anyValue(name: string, context: TemplateContext): TextPlace {
  return { name: `"${name}"`, context, takesOutside: true };
}

function ownValue(name: string, context: TemplateContext): TextPlace {
  return { name: `"${name}"`, context, takesOutside: false };
}

function literal(name: string): TextPlace {
  return { name: name.includes(' ') ? name : `"${name}"`, context: 'literal', takesOutside: false };
}
