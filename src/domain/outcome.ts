/** Why an attempt failed: a closed list, so that policies and alerts can be written against it. */
export type FailureReason =
  | 'exit_code'
  | 'signal'
  | 'not_found'
  | 'not_executable'
  | 'bad_directory'
  | 'bad_action'
  | 'secret_missing'
  | 'http_status'
  | 'unreachable'
  | 'egress_refused'
  | 'too_large'
  | 'deadline'
  | 'budget'
  | 'internal';

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
      readonly result: RunResult;
    }
  | { readonly kind: 'timed_out'; readonly message: string; readonly result: RunResult }
  | { readonly kind: 'cancelled'; readonly message: string; readonly result: RunResult }
  | { readonly kind: 'lost'; readonly message: string; readonly result: RunResult | undefined };
