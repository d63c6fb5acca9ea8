import type { Refusal } from '../domain/refusal.ts';
import { EXIT, EXIT_OF_REFUSAL, type ExitCode } from './exit-codes.ts';

/** A command that cannot be carried out: what and why, what to type next, and the exit code. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: ExitCode;
  /** One word for programs. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, code: string, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.hint = hint;
  }
}

export function usageFailure(message: string, hint?: string): CliFailure {
  return new CliFailure(EXIT.usage, 'usage', message, hint);
}

export function failureOf(refusal: Refusal): CliFailure {
  return new CliFailure(EXIT_OF_REFUSAL[refusal.code], refusal.code, refusal.message, refusal.hint);
}
