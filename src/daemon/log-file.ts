import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { Log, LogFields, LogLevel } from '../ports/log.ts';

export type LogFile = Log & { close(): void };

export type LogFileOptions = {
  readonly folder: string;
  readonly level: LogLevel;
  /** A file is put away before a line would make it larger than this. */
  readonly bytesMax: number;
  /** Files kept, the current one included. */
  readonly filesMax: number;
  readonly clock: Clock;
};

/** JSON Lines in `carillon.log`; older files are `carillon.1.log` (the newest of them) and up. */
export function openLogFile(options: LogFileOptions): LogFile {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  let current = openCurrent(options.folder);

  function write(level: LogLevel, message: string, fields: LogFields, error: unknown): void {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(options.level)) return;
    const line = Buffer.from(logLine(options.clock.now(), level, message, fields, error));
    // A full disk must not stop the scheduler, and there is nobody left to tell.
    try {
      if (current.bytes > 0 && current.bytes + line.length > options.bytesMax) {
        closeSync(current.descriptor);
        putAway(options.folder, options.filesMax);
        current = openCurrent(options.folder);
      }
      current.bytes += writeSync(current.descriptor, line);
    } catch {
      return;
    }
  }

  return {
    debug: (message, fields = {}) => {
      write('debug', message, fields, undefined);
    },
    info: (message, fields = {}) => {
      write('info', message, fields, undefined);
    },
    warn: (message, fields = {}) => {
      write('warn', message, fields, undefined);
    },
    error: (message, fields = {}, error) => {
      write('error', message, fields, error);
    },
    close: () => {
      closeSync(current.descriptor);
    },
  };
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** One line of the log, with its end. Fields never replace the time, the level or the message. */
function logLine(
  now: Temporal.Instant,
  level: LogLevel,
  message: string,
  fields: LogFields,
  error: unknown,
): string {
  const entry: Record<string, unknown> = {
    at: now.toString({ smallestUnit: 'millisecond' }),
    level,
    message,
  };
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || name in entry) continue;
    entry[name] = typeof value === 'string' ? cut(value, FIELD_LENGTH_MAX) : value;
  }
  if (error instanceof Error) entry['stack'] = cut(error.stack ?? error.message, STACK_LENGTH_MAX);
  else if (error !== undefined)
    entry['stack'] = cut(JSON.stringify(error) ?? typeof error, STACK_LENGTH_MAX);
  return `${JSON.stringify(entry)}\n`;
}

const FIELD_LENGTH_MAX = 4_000;
const STACK_LENGTH_MAX = 16_000;

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function openCurrent(folder: string): { readonly descriptor: number; bytes: number } {
  const descriptor = openSync(join(folder, logFileName(0)), 'a', 0o600);
  return { descriptor, bytes: fstatSync(descriptor).size };
}

function putAway(folder: string, filesMax: number): void {
  rmSync(join(folder, logFileName(filesMax - 1)), { force: true });
  for (let number = filesMax - 2; number >= 0; number -= 1) {
    try {
      renameSync(join(folder, logFileName(number)), join(folder, logFileName(number + 1)));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

function logFileName(number: number): string {
  return number === 0 ? 'carillon.log' : `carillon.${String(number)}.log`;
}
