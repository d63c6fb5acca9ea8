import { Refusal } from '../refusal.ts';
import {
  isKnownName,
  type Placeholder,
  type Template,
  TEMPLATE_NAMES,
  type TemplatePart,
} from './template.ts';

const PLACEHOLDERS_MAX = 1_000;
/** Braces and default included. */
const PLACEHOLDER_CHARS_MAX = 2_000;
const SEGMENTS_MAX = 16;

/**
 * The parts of a text with placeholders. Refuses names that are not known. Braces around something
 * that is no name, such as the `{{.Names}}` of other programs, are text; `\{{` is `{{`.
 *
 * @param place what the text is, for refusals: `"prompt"`.
 */
export function parseTemplate(text: string, place: string): Template {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (let at = text.indexOf(OPEN); at !== -1; at = text.indexOf(OPEN, from)) {
    const isEscaped = isEscapedAt(text, at, from);
    const placeholder = isEscaped ? undefined : readPlaceholder(text, at, place);
    pushText(parts, text.slice(from, isEscaped ? at - 1 : at));
    if (placeholder === undefined) pushText(parts, OPEN);
    else parts.push(placeholder);
    from = at + (placeholder?.source.length ?? OPEN.length);
  }
  pushText(parts, text.slice(from));
  if (placeholdersOf(parts).length <= PLACEHOLDERS_MAX) return parts;
  throw new Refusal(
    'invalid',
    `There are more than ${PLACEHOLDERS_MAX} placeholders in ${place}. Leave some out.`,
  );
}

/** The first placeholder with a known name, braces included, in a text that is not filled in. */
export function firstPlaceholder(text: string): string | undefined {
  for (let at = text.indexOf(OPEN); at !== -1; at = text.indexOf(OPEN, at + OPEN.length)) {
    if (isEscapedAt(text, at, 0)) continue;
    const written = matchBraces(text, at);
    if (written !== undefined && isKnownName(written.name.split('.'))) return written.source;
  }
  return undefined;
}

export function placeholdersOf(template: Template): readonly Placeholder[] {
  return template.filter((part) => part.kind === 'placeholder');
}

const OPEN = '{{';

/** A backslash in what was read already escapes nothing. */
function isEscapedAt(text: string, at: number, from: number): boolean {
  return at > from && text[at - 1] === '\\';
}

function pushText(parts: TemplatePart[], text: string): void {
  if (text === '') return;
  const last = parts.at(-1);
  if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text };
  else parts.push({ kind: 'text', text });
}

/** What stands between braces, the quoted text of a default included. */
const BRACES = /^\{\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}\}/;
/** Names are keys of JSON as people write them. What has other characters is another language's. */
const INSIDE =
  /^\s*(?:(json)\s+)?([A-Za-z_][^\s|{}".]*(?:\.[^\s|{}".]+)*)\s*(?:\|\s*default\s+("(?:[^"\\]|\\.)*")\s*)?$/;
/** Ours, however it goes on: a slip of the pen is not taken for text. */
const BEGINS_AS_OURS =
  /^\{\{\s*(?:json\s+)?(?:scheduled_for|covers_since|missed_count|last|run|task|payload)(?=[.\s|}]|$)/;

type Written = {
  readonly source: string;
  readonly name: string;
  readonly isJson: boolean;
  readonly quoted: string | undefined;
};

function matchBraces(text: string, at: number): Written | undefined {
  const braces = BRACES.exec(text.slice(at, at + PLACEHOLDER_CHARS_MAX));
  const inside = braces === null ? null : INSIDE.exec(braces[1] ?? '');
  if (braces === null || inside === null) return undefined;
  const [, json, name = '', quoted] = inside;
  return { source: braces[0], name, isJson: json !== undefined, quoted };
}

/** `undefined` when the braces at `at` are not ours. */
function readPlaceholder(text: string, at: number, place: string): Placeholder | undefined {
  const written = matchBraces(text, at);
  if (written === undefined) {
    const rest = text.slice(at, at + SHOWN_CHARS_MAX);
    if (BEGINS_AS_OURS.test(rest)) throw malformed(rest, place);
    return undefined;
  }
  const { source, name, isJson, quoted } = written;
  const path = name.split('.');
  if (!isKnownName(path) || path.length > SEGMENTS_MAX) throw unknown(name, place);
  const fallback = quoted === undefined ? undefined : readDefault(quoted, place);
  return { kind: 'placeholder', source, path, isJson, fallback };
}

function readDefault(quoted: string, place: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new Refusal(
      'invalid',
      `The default ${shown(quoted)} in ${place} is not a text. Write it in double quotes, as JSON does.`,
    );
  }
}

const SHOWN_CHARS_MAX = 80;

/** How to write braces that are meant as such. */
const LITERALLY = 'If the braces are meant as they are, write \\{{ for {{.';

function shown(text: string): string {
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}

function unknown(name: string, place: string): Refusal {
  return new Refusal(
    'invalid',
    `There is no ${JSON.stringify(shown(name))} to put into ${place}. Known are ${TEMPLATE_NAMES.join(', ')}, and what the payload holds, such as payload.a.b. ${LITERALLY}`,
  );
}

function malformed(rest: string, place: string): Refusal {
  return new Refusal(
    'invalid',
    `${JSON.stringify(rest)} in ${place} cannot be read. Write {{name}}, {{json name}} or {{name | default "text"}}. ${LITERALLY}`,
  );
}
