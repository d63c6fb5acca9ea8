import type { CommandAction } from '../domain/action.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { Finding } from '../domain/success/judge-success.ts';

/** An attempt, and where it works. */
export type CheckedAttempt = {
  readonly run: Run;
  /** From 1. */
  readonly attempt: number;
  /** Absolute; the home directory when absent. */
  readonly cwd: string | undefined;
};

export type SucceededOutcome = Extract<Outcome, { kind: 'succeeded' }>;

/**
 * Looks at what an attempt has done in the world. What it remembers outlives the daemon, until
 * `forget`. Nothing of it throws for what the world does.
 */
export type Checks = {
  /** Remembers how the files are before the attempt begins. */
  rememberFiles(of: CheckedAttempt, paths: readonly string[]): Promise<void>;
  /** Keeps how the attempt ended by itself, so that a daemon that dies while it looks can look again. */
  keepOutcome(of: CheckedAttempt, outcome: SucceededOutcome): Promise<void>;
  keptOutcome(of: CheckedAttempt): Promise<SucceededOutcome | undefined>;
  /**
   * What the files are now compared with what was remembered.
   *
   * @param since the attempt that remembered them, which may be an earlier one of the run.
   */
  findFiles(
    of: CheckedAttempt,
    since: number,
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, Finding>>;
  findUrls(urls: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Finding>>;
  /**
   * Runs the program in the directory of the attempt; `signal` ends it with all it started.
   *
   * @param isAgain whether an earlier process may have begun it, which is then gone on with.
   */
  findCommand(
    of: CheckedAttempt,
    program: CommandAction['program'],
    isAgain: boolean,
    signal: AbortSignal,
  ): Promise<Finding>;
  /** Drops what was remembered of every attempt of a run. */
  forget(run: Run): Promise<void>;
};
