import type { GrantedValue } from '../domain/action.ts';
import type { Json } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { isWebhookSecret } from './webhooks/webhook-secrets.ts';

const PATH_CHARS_MAX = 4_096;
const URL_CHARS_MAX = 8_192;
const TEXT_CHARS_MAX = 1_048_576;
const JSON_CHARS_MAX = 65_536;
const VALUES_MAX = 100;
const VALUE_CHARS_MAX = 32_768;

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

/** A path on this machine, absolute. `~` means the home directory of the user the daemon runs as. */
export function checkPath(given: string, home: string): string {
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

export function checkMethod(method: string): string {
  if (TOKEN.test(method)) return method.toUpperCase();
  throw new Refusal(
    'invalid',
    `${quoted(method)} is not an HTTP method. Write one such as GET or POST.`,
  );
}

export function checkUrl(text: string): void {
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

export function checkValues(
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
    if (value.kind === 'secret') checkSecretName(value.secret);
  }
}

export function checkSecretName(name: string): void {
  if (isWebhookSecret(name)) {
    throw new Refusal(
      'invalid',
      `${quoted(name)} belongs to a webhook and cannot be granted. Name another secret.`,
    );
  }
  if (SECRET_NAME.test(name)) return;
  throw new Refusal(
    'invalid',
    `${quoted(name)} is not the name of a secret. Write up to 64 letters, digits and . _ -, beginning with a letter or _.`,
  );
}

export function checkVariable(name: string, text: string): void {
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

export function checkHeader(name: string, text: string): void {
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

export function checkLength(what: string, text: string, charsMax = TEXT_CHARS_MAX): void {
  if (text.length <= charsMax) return;
  throw new Refusal('invalid', `${what} has ${text.length} characters; the most is ${charsMax}.`);
}

/** Text that a reader must find something in. */
export function checkFilled(what: string, text: string, charsMax = TEXT_CHARS_MAX): void {
  if (text.trim() === '') throw new Refusal('invalid', `${what} is empty. Write some text.`);
  checkLength(what, text, charsMax);
}

export function checkJson(what: string, value: Json): void {
  const length = JSON.stringify(value).length;
  if (length <= JSON_CHARS_MAX) return;
  throw new Refusal(
    'invalid',
    `${what} has ${length} characters as JSON; the most is ${JSON_CHARS_MAX}.`,
  );
}

/** A word that travels as an argument of its own: on one line, and never read as an option. */
export function checkWord(what: string, text: string, charsMax: number): void {
  // oxlint-disable-next-line no-control-regex
  if (text.trim() === '' || /^-|[\u0000-\u001f\u007f]/.test(text)) {
    throw new Refusal(
      'invalid',
      `${what} is ${quoted(text)}, which cannot be used. Write it on one line, not beginning with a dash.`,
    );
  }
  checkLength(what, text, charsMax);
}

export function checkCount(what: string, count: number, countMax: number): void {
  if (count <= countMax) return;
  throw new Refusal('invalid', `There are ${count} ${what}; the most is ${countMax}.`);
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
