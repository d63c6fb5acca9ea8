import type { Clock } from '../../ports/clock.ts';
import type { StopReason } from '../../ports/executor.ts';
import type { Log } from '../../ports/log.ts';
import type { Sweeper } from './sweeper.ts';

export type CommandExecutorOptions = {
  /** Where output is spooled; one daemon at a time. */
  readonly folder: string;
  /** Home directory: where commands run that name no directory. */
  readonly home: string;
  /** The environment of the daemon, of which a command gets a short list of variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a command has to end when it is asked to; KILL_AFTER_MS when absent. */
  readonly killAfterMs?: number;
};

/** What an attempt needs of its executor. */
export type CommandContext = {
  readonly options: CommandExecutorOptions;
  readonly killAfterMs: number;
  readonly sweeper: Sweeper;
  /** Aborts when the executor closes: runs go on, and nobody follows them any more. */
  readonly closing: AbortSignal;
  /** Spools of the attempts that this executor is busy with, by their stems. */
  readonly busy: Set<string>;
};

export function stopReasonOf(signal: AbortSignal): StopReason {
  const reason: unknown = signal.reason;
  return reason === 'timed_out' || reason === 'deadline' || reason === 'budget'
    ? reason
    : 'cancelled';
}
