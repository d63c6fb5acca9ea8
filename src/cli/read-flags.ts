import { usageFailure } from './cli-failure.ts';

/** A whole number that was typed for `flag`. */
export function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (/^-?\d+$/.test(text.trim()) && Number.isSafeInteger(number)) return number;
  throw usageFailure(`${flag} must be a whole number, and "${text}" is none.`);
}

/** `name=value` or `Name: value`, cut at the first separator. */
export function namedValue(
  flag: string,
  text: string,
  separator: string,
): readonly [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw usageFailure(`${flag} must be name${separator}value, and "${text}" is not.`);
  return [text.slice(0, at).trim(), text.slice(at + separator.length).trimStart()];
}

/** The query of a path, `?` included; values that are absent are left out. */
export function query(
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const item of typeof value === 'string' ? [value] : value) search.append(name, item);
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** A reference as a part of a path. */
export function inPath(reference: string): string {
  if (reference.trim() === '') throw usageFailure('An id or a name must not be empty.');
  return encodeURIComponent(reference);
}

/** Everything on standard input, up to a bound. */
export async function readStdin(bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const buffer = Buffer.from(chunk as Buffer);
    bytes += buffer.length;
    if (bytes > bytesMax) {
      throw usageFailure(`Standard input is longer than ${String(bytesMax)} bytes.`);
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}
