import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { daemonFiles } from '../installation/daemon-files.ts';
import { CliFailure } from './cli-failure.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { leaveOnInterrupt } from './leave-on-interrupt.ts';
import { plainText } from './plain-text.ts';
import { wholeNumber } from './read-flags.ts';

export type LogsFlags = {
  readonly follow?: boolean;
  readonly lines: string;
  readonly level: string;
};

/** `carillon logs`: the end of the daemon's log, whether it runs or not. */
export async function showLogs(context: Context, flags: LogsFlags): Promise<void> {
  const folder = daemonFiles(context.places.dataFolder).logFolder;
  const count = wholeNumber('--lines', flags.lines);
  const say = (line: string) => {
    const text = told(line, flags.level, context.isJson);
    if (text !== undefined) process.stdout.write(`${text}\n`);
  };
  const files = logFiles(folder);
  if (files.length === 0) {
    throw new CliFailure(
      EXIT.notFound,
      'not_found',
      `There is no log in ${folder}: no daemon has run for this data folder.`,
      'Start one with: carillon up',
    );
  }
  const current = join(folder, CURRENT);
  // What is appended between the two steps is shown by following.
  const bytes = sizeOf(current);
  for (const line of lastLines(folder, files, count)) say(line);
  if (flags.follow === true) {
    leaveOnInterrupt();
    await follow(current, bytes, say);
  }
}

const CURRENT = 'carillon.log';
const FOLLOW_MS = 250;
const LEVELS = ['debug', 'info', 'warn', 'error'];

/** Oldest first. */
function logFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^carillon(?:\.\d+)?\.log$/.test(name))
      .sort((one, other) => numberOf(other) - numberOf(one));
  } catch {
    return [];
  }
}

function numberOf(name: string): number {
  return Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0);
}

function lastLines(folder: string, files: readonly string[], count: number): readonly string[] {
  const lines: string[] = [];
  for (const name of [...files].reverse()) {
    if (lines.length >= count) break;
    const text = readFileSync(join(folder, name), 'utf8');
    lines.unshift(...text.split('\n').filter((line) => line !== ''));
  }
  return count === 0 ? [] : lines.slice(-count);
}

/** Ends only with the process. */
async function follow(file: string, from: number, say: (line: string) => void): Promise<never> {
  let offset = from;
  let rest = '';
  for (;;) {
    const size = sizeOf(file);
    // It was put away, and a new one was begun.
    if (size < offset) offset = 0;
    if (size > offset) {
      for await (const chunk of createReadStream(file, {
        start: offset,
        end: size - 1,
        encoding: 'utf8',
      })) {
        rest += chunk as string;
      }
      offset = size;
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) say(line);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, FOLLOW_MS);
    });
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A line as it is shown; absent when it is less important than asked for. */
function told(line: string, level: string, isJson: boolean): string | undefined {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return plainText(line);
  }
  if (LEVELS.indexOf(String(entry['level'])) < LEVELS.indexOf(level)) return undefined;
  if (isJson) return line;
  const { at, level: of, message, stack, ...fields } = entry;
  const extras = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const head = `${String(at)} ${String(of).toUpperCase().padEnd(5)} ${String(message)}${extras.join('')}`;
  return (
    plainText(head) +
    (typeof stack === 'string' ? `\n${stack.split('\n').map(plainText).join('\n')}` : '')
  );
}
