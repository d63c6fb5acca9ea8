import type { Verdict } from './verdict.ts';

export const CHECK_NAMES = [
  'no_denials',
  'tool_calls',
  'chars',
  'tokens',
  'usd',
  'file_changed',
  'url',
  'command',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What came of one check. */
export type CheckResult = {
  readonly check: CheckName;
  readonly hasPassed: boolean;
  /** A sentence in our words; it may quote what the author of the task wrote. */
  readonly note: string;
};

/** What is known of the success of an attempt: what it said itself, and what was found by looking. */
export type SuccessReport = {
  readonly verdict: Verdict | undefined;
  readonly checks: readonly CheckResult[];
};
