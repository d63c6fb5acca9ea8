import { readFileSync, statSync } from 'node:fs';
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

/** What a file holds, or standard input for `-`. */
export async function readText(flag: string, file: string, bytesMax: number): Promise<string> {
  if (file === '-') return readStdin(bytesMax);
  try {
    if (statSync(file).size <= bytesMax) return readFileSync(file, 'utf8');
  } catch {
    throw usageFailure(`The file "${file}" of ${flag} cannot be read.`);
  }
  throw usageFailure(`The file "${file}" of ${flag} is longer than ${String(bytesMax)} bytes.`);
}

/** An object as JSON writes it. */
export function jsonObject(flag: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw usageFailure(`${flag} must be an object in JSON, such as {"a": 1}.`);
}

/** The fields that have a value. */
export function compact(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
