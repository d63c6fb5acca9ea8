import type { CommandAction } from '../action.ts';

/** What a run of an agent or a model must have done, beside ending well, to count as a success. */
export type SuccessPolicy = {
  /** Whether it is asked to end its answer with a verdict. */
  readonly verdict: boolean;
  /** Paths or globs, from the task's directory: each must lead to files that the attempt changed. */
  readonly filesChanged: readonly string[];
  /** Addresses that must answer with a status from 200 to 299. */
  readonly urls: readonly string[];
  readonly toolCallsMin: number | undefined;
  readonly charsMin: number | undefined;
  /** Tokens out. */
  readonly tokensMin: number | undefined;
  readonly usdMin: number | undefined;
  /** Whether it may succeed although it was not permitted to use a tool. */
  readonly allowsDenials: boolean;
  /** A program or shell text that must end with exit code 0 in the task's directory. */
  readonly command: CommandAction['program'] | undefined;
};

/** What is asked of every run: that it did all that it tried. */
export const NO_SUCCESS_POLICY: SuccessPolicy = {
  verdict: false,
  filesChanged: [],
  urls: [],
  toolCallsMin: undefined,
  charsMin: undefined,
  tokensMin: undefined,
  usdMin: undefined,
  allowsDenials: false,
  command: undefined,
};

/** How long a run waits for a person. */
export type AskPolicy = {
  readonly deadlineMs: number;
  /** The answer that is taken at the deadline; without one the run fails then. */
  readonly byDefault: string | undefined;
};

const DAY_MS = 24 * 60 * 60_000;

export const USUAL_ASK_POLICY: AskPolicy = { deadlineMs: 7 * DAY_MS, byDefault: undefined };
