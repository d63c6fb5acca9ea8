import type { Json } from '../json.ts';
import type { Usage } from '../outcome.ts';

/** What an engine tells while it works: a line for the transcript, or a figure. */
export type Told =
  | { readonly kind: 'say'; readonly text: string }
  | ({ readonly kind: 'usage' } & Usage)
  | { readonly kind: 'cost'; readonly usd: number }
  | { readonly kind: 'session'; readonly id: string }
  | {
      readonly kind: 'tool_call';
      readonly tool: string;
      readonly isDenied: boolean;
      /** The engine's own id of the call. */
      readonly id?: string;
      /** One line of what it was given. */
      readonly input?: string;
    }
  | { readonly kind: 'tool_end'; readonly id: string };

export type FailureKind =
  | 'usage_limit'
  | 'overloaded'
  | 'not_logged_in'
  | 'budget'
  | 'session_gone'
  | 'other';

/** What an engine has told of a run by the time it ended. */
export type AgentReport = {
  readonly text: string | undefined;
  readonly data: Json | undefined;
  readonly session: string | undefined;
  readonly turns: number | undefined;
  /** Of this run alone. */
  readonly usage: Usage | undefined;
  /** Of every run of the session together, where the engine tells it so. */
  readonly sessionUsage: Usage | undefined;
  /** How many tokens the conversation has come to, as far as can be told. */
  readonly sessionTokens: number | undefined;
  readonly costUsd: number | undefined;
  readonly isCostEstimated: boolean;
  readonly costByModel: Readonly<Record<string, number>>;
  readonly toolCalls: number;
  readonly denials: readonly string[];
  readonly terminalReason: string | undefined;
  /** How it says that it ended; absent when it never said. */
  readonly end: 'done' | 'failed' | undefined;
  readonly failure: AgentFailure | undefined;
  /** Lines that are not what the engine was asked to print. */
  readonly unreadableLines: number;
  readonly readLines: number;
};

export type AgentFailure = {
  readonly kind: FailureKind;
  /** In the engine's words. */
  readonly text: string;
  /** When its limit ends, where it told that apart from its words. */
  readonly resetAt: Temporal.Instant | undefined;
};

/** Reads what an engine prints, line by line. */
export type AgentReader = {
  line(text: string): readonly Told[];
  /** A line of standard error, where some say why they do not begin. */
  errorLine(text: string): void;
  /** Nothing comes any more. */
  end(): readonly Told[];
  report(): AgentReport;
};

/** What is known of a run before it starts. */
export type AgentStart = {
  readonly model: string | undefined;
  /** The session as it is known so far: the one that is resumed, or was told before the daemon died. */
  readonly session: string | undefined;
  /** The figures of the session that is resumed, up to now. */
  readonly baseline: Usage | undefined;
};
