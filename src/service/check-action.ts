import type { Action, CommandAction, GrantedValue, HttpAction } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';

/** Above this an operating system refuses to start the program. */
const COMMAND_CHARS_MAX = 100_000;
const ARGUMENTS_MAX = 1_000;
const PATH_CHARS_MAX = 4_096;
const URL_CHARS_MAX = 8_192;
const TEXT_CHARS_MAX = 1_048_576;
const VALUES_MAX = 100;
const VALUE_CHARS_MAX = 32_768;
const STATUS_RANGES_MAX = 20;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
/** A token of RFC 9110, 5.6.2: what methods and header names are made of. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const ABSOLUTE_PATH = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
/** Headers that belong to the connection, which is not the task's. */
const CONNECTION_HEADERS: readonly string[] = [
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The action in its normal form: `~` expanded, method in capitals. Refuses what no run could carry out. */
export function checkAction(action: Action, home: string): Action {
  switch (action.kind) {
    case 'command':
      return checkCommand(action, home);
    case 'http':
      return checkHttp(action);
  }
}

function checkCommand(action: CommandAction, home: string): CommandAction {
  checkProgram(action.program);
  if (action.stdin !== undefined) checkLength('The text for standard input', action.stdin);
  checkValues(action.env, checkVariable);
  return {
    ...action,
    cwd: action.cwd === undefined ? undefined : checkDirectory(action.cwd, home),
  };
}

function checkProgram(program: CommandAction['program']): void {
  const parts: readonly string[] = program.kind === 'argv' ? program.argv : [program.text];
  if (parts[0] === undefined || parts[0].trim() === '') {
    throw new Refusal(
      'invalid',
      program.kind === 'argv'
        ? 'The command names no program. Write the program first, then its arguments.'
        : 'The command is empty. Write what the shell is to run.',
    );
  }
  if (parts.length > ARGUMENTS_MAX) {
    throw new Refusal(
      'invalid',
      `The command has ${parts.length} arguments; the most is ${ARGUMENTS_MAX}.`,
    );
  }
  if (parts.some((part) => part.includes('\0'))) {
    throw new Refusal(
      'invalid',
      'The command holds a NUL character, which no program can be given.',
    );
  }
  const length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  if (length > COMMAND_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `The command has ${length} characters; the most is ${COMMAND_CHARS_MAX}. Put it into a script, or hand the data over on standard input.`,
    );
  }
}

/** The working directory, absolute. `~` means the home directory of the user the daemon runs as. */
function checkDirectory(given: string, home: string): string {
  const expanded = given === '~' || /^~[\\/]/.test(given) ? home + given.slice(1) : given;
  if (
    !ABSOLUTE_PATH.test(expanded) ||
    expanded.includes('\0') ||
    expanded.length > PATH_CHARS_MAX
  ) {
    throw new Refusal(
      'invalid',
      `${JSON.stringify(given.slice(0, 200))} is not an absolute path. Write the whole path from the root, or one that begins with "~/".`,
    );
  }
  return expanded;
}

function checkHttp(action: HttpAction): HttpAction {
  checkUrl(action.url);
  if (!TOKEN.test(action.method)) {
    throw new Refusal(
      'invalid',
      `${quoted(action.method)} is not an HTTP method. Write one such as GET or POST.`,
    );
  }
  checkValues(action.headers, checkHeader);
  if (action.body !== undefined) checkLength('The body', action.body);
  checkStatusRanges(action.expectedStatus);
  return { ...action, method: action.method.toUpperCase() };
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) && text.length <= URL_CHARS_MAX ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Refusal(
      'invalid',
      `${quoted(text)} is not an address that can be requested. Write it in full, beginning with https:// or http://, in up to ${URL_CHARS_MAX} characters.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new Refusal(
      'invalid',
      'The address holds a user name or password, which everybody who sees the task could read. Set a secret and name it in an Authorization header.',
    );
  }
}

function checkStatusRanges(ranges: HttpAction['expectedStatus']): void {
  if (ranges.length === 0 || ranges.length > STATUS_RANGES_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${ranges.length} ranges of expected status codes; write 1 to ${STATUS_RANGES_MAX}.`,
    );
  }
  for (const [from, to] of ranges) {
    if (isStatus(from) && isStatus(to) && from <= to) continue;
    throw new Refusal(
      'invalid',
      `${from}-${to} is not a range of status codes. Write codes from 100 to 599, the lower one first.`,
    );
  }
}

function isStatus(code: number): boolean {
  return Number.isInteger(code) && code >= 100 && code <= 599;
}

function checkValues(
  values: Readonly<Record<string, GrantedValue>>,
  check: (name: string, text: string) => void,
): void {
  const entries = Object.entries(values);
  if (entries.length > VALUES_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${entries.length} variables or headers; the most is ${VALUES_MAX}.`,
    );
  }
  for (const [name, value] of entries) {
    check(name, value.kind === 'text' ? value.text : '');
    if (value.kind === 'text' && value.text.length > VALUE_CHARS_MAX) {
      throw new Refusal(
        'invalid',
        `The value of ${quoted(name)} is longer than ${VALUE_CHARS_MAX} characters.`,
      );
    }
    if (value.kind === 'secret' && !SECRET_NAME.test(value.secret)) {
      throw new Refusal(
        'invalid',
        `${quoted(value.secret)} is not the name of a secret. Write up to 64 letters, digits and . _ -, beginning with a letter or _.`,
      );
    }
  }
}

function checkVariable(name: string, text: string): void {
  if (!VARIABLE_NAME.test(name)) {
    throw new Refusal(
      'invalid',
      `${quoted(name)} is not the name of a variable. Write letters, digits and _, not beginning with a digit.`,
    );
  }
  if (text.includes('\0')) {
    throw new Refusal(
      'invalid',
      `The value of ${quoted(name)} holds a NUL character, which no variable can.`,
    );
  }
}

function checkHeader(name: string, text: string): void {
  if (!TOKEN.test(name))
    throw new Refusal('invalid', `${quoted(name)} is not the name of a header.`);
  if (CONNECTION_HEADERS.includes(name.toLowerCase())) {
    throw new Refusal(
      'invalid',
      `The header ${quoted(name)} is set by the connection itself. Leave it out.`,
    );
  }
  if (/[\0\r\n]/.test(text)) {
    throw new Refusal(
      'invalid',
      `The value of the header ${quoted(name)} holds a line break. Write it in one line.`,
    );
  }
}

function checkLength(what: string, text: string): void {
  if (text.length <= TEXT_CHARS_MAX) return;
  throw new Refusal(
    'invalid',
    `${what} has ${text.length} characters; the most is ${TEXT_CHARS_MAX}.`,
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
