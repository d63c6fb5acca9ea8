import type { Log, LogFields, LogLevel } from '../../src/ports/log.ts';

export type LogLine = {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
  readonly error: unknown;
};

/** Prints nothing and keeps every line. */
export type QuietLog = Log & { readonly lines: readonly LogLine[] };

export function quietLog(): QuietLog {
  const lines: LogLine[] = [];
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields, error?: unknown): void => {
      lines.push({ level, message, fields, error });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
