import type { RefusalCode } from '../domain/refusal.ts';

/** What the command line answers to the program that called it. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notAuthorised: 4,
  noDaemon: 5,
  conflict: 6,
  runFailed: 10,
  runTimedOut: 11,
  runOverBudget: 12,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A table rather than a switch, so that a new code does not compile without its exit code. */
export const EXIT_OF_REFUSAL: Readonly<Record<RefusalCode, ExitCode>> = {
  invalid: EXIT.usage,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
  forbidden: EXIT.notAuthorised,
  unavailable: EXIT.failure,
  internal: EXIT.failure,
};
