import { isRecord } from './json-values.ts';

/** One thing that an engine says is kept in the transcript up to this length. */
export const TRANSCRIPT_CHARS_MAX = 20_000;

const ONE_LINE_CHARS_MAX = 200;

/** The object of a line of JSON; `undefined` for anything else. */
export function parseLine(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A value as one short line of a transcript. */
export function oneLine(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const line = text
    .slice(0, 4 * ONE_LINE_CHARS_MAX)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > ONE_LINE_CHARS_MAX ? `${line.slice(0, ONE_LINE_CHARS_MAX)}…` : line;
}
