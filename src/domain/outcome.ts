import type { Difference } from './difference/compare.ts';
import type { GateReport } from './gates/gate.ts';
import type { Json } from './json.ts';
import type { SuccessReport } from './success/success-report.ts';
import type { Work } from './work.ts';

/** Why an attempt failed: a closed list, so that policies and alerts can be written against it. */
export type FailureReason =
  | 'exit_code'
  | 'signal'
  | 'not_found'
  | 'not_executable'
  | 'bad_directory'
  | 'bad_action'
  | 'secret_missing'
  | 'secret_refused'
  | 'http_status'
  | 'unreachable'
  | 'egress_refused'
  | 'too_large'
  | 'deadline'
  | 'budget'
  | 'usage_limit'
  | 'permission_denied'
  | 'bad_answer'
  | 'verdict_failed'
  | 'check_failed'
  | 'not_delivered'
  | 'engine_error'
  | 'gate'
  | 'internal';

/** Tokens that an attempt has used. */
export type Usage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input tokens that were read from a cache; counted in `inputTokens` as well. */
  readonly cachedTokens: number;
};

/** What an agent or a model answered, and what that took. */
export type Answer = {
  /** The result text, masked and bounded (ANSWER_CHARS_MAX). */
  readonly text: string | undefined;
  /** The structured result, when a schema asked for one. */
  readonly data: Json | undefined;
  /** The engine's own id of the conversation, to go on with it. */
  readonly session: string | undefined;
  readonly turns: number | undefined;
  readonly usage: Usage | undefined;
  readonly costUsd: number | undefined;
  /** Whether the cost was computed from a price table and not told by the engine. */
  readonly isCostEstimated: boolean;
  readonly costByModel: Readonly<Record<string, number>>;
  readonly toolCalls: number;
  /** Tools that the engine was not permitted to use. */
  readonly denials: readonly string[];
  /** Why the engine ended, in its own word. */
  readonly terminalReason: string | undefined;
  /** What all runs of the session have used together, where the engine tells it so. */
  readonly sessionUsage?: Usage;
  /** How many tokens the conversation has come to, as far as can be told. */
  readonly sessionTokens?: number;
};

export const ANSWER_CHARS_MAX = 65_536;

/** One try to show or send something to a person. */
export type Delivery = {
  readonly channel: string;
  readonly isDelivered: boolean;
  /** In our words: why not, or where it went. */
  readonly note: string;
};

/** The short structured account of an attempt. */
export type RunResult = {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly httpStatus: number | undefined;
  /** Response headers, names in lower case; values masked. */
  readonly httpHeaders: Readonly<Record<string, string>> | undefined;
  readonly durationMs: number;
  /** Bytes the attempt printed, kept or not. */
  readonly outputBytes: number;
  /** Whether the middle of the output was dropped to stay under the bound. */
  readonly outputIsCut: boolean;
  readonly answer?: Answer;
  readonly deliveries?: readonly Delivery[];
  /** What the task's gates have decided, when they were looked at. */
  readonly gate?: GateReport;
  /** What has changed since the last run that ended well, when the task compares. */
  readonly difference?: Difference;
  /** What a reminder said, with its templates filled in. */
  readonly notice?: { readonly title: string; readonly body: string };
  /** What an agent or a model said of its own success, and what was found by looking. */
  readonly success?: SuccessReport;
  /** What was done step by step; kept with the attempt, not with its run. */
  readonly work?: Work;
};

/** How an attempt ended. A run that fails is data, not an exception. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly result: RunResult }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      /** One sentence in our words, for people; no text from outside. */
      readonly message: string;
      readonly retryable: boolean;
      /** With `usage_limit`: when the window opens again, as far as was told. */
      readonly retryAt?: Temporal.Instant;
      readonly result: RunResult;
    }
  | { readonly kind: 'timed_out'; readonly message: string; readonly result: RunResult }
  | { readonly kind: 'cancelled'; readonly message: string; readonly result: RunResult }
  | { readonly kind: 'lost'; readonly message: string; readonly result: RunResult | undefined };

/** What a run keeps of an attempt's result: lists of runs would drag every step along. */
export function withoutWork(result: RunResult | undefined): RunResult | undefined {
  if (result?.work === undefined) return result;
  const { work: _, ...rest } = result;
  return rest;
}
