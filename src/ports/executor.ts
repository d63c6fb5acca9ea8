import type { Action, ActionKind } from '../domain/action.ts';
import type { Caps } from '../domain/budget/budget.ts';
import type { Answer, Outcome } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { Turn } from '../domain/success/turns.ts';
import type { OutputStream } from './output.ts';
import type { OwnServer } from './own-server.ts';

/**
 * Something an attempt tells about itself while it goes on, so that a policy can stop it in flight.
 * `usage` and `cost` are what the attempt has come to so far, not what was added: the last one counts.
 */
export type Observation =
  | {
      readonly kind: 'usage';
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly cachedTokens: number;
    }
  | { readonly kind: 'cost'; readonly usd: number }
  | { readonly kind: 'session'; readonly id: string }
  | {
      readonly kind: 'tool_call';
      readonly tool: string;
      readonly isDenied: boolean;
      /** The engine's own id of the call, by which later words about it are known. */
      readonly id?: string;
      /** One line of what it was given. */
      readonly input?: string;
    }
  | { readonly kind: 'tool_end'; readonly id: string }
  | {
      readonly kind: 'span';
      readonly name: string;
      readonly startedAt: Temporal.Instant;
      readonly endedAt: Temporal.Instant;
    };

/** Where an attempt's bytes and observations go. The bytes are masked behind it. */
export type Sink = {
  /** The bytes may be overwritten after the call: a sink that keeps some copies them. */
  write(stream: OutputStream, bytes: Uint8Array): void;
  /** Says that bytes were printed and not handed over. */
  skip(stream: OutputStream, count: number): void;
  /** Whether only the last bytes are still worth handing over. */
  readonly isHeadFull: boolean;
  /** Bytes told of so far. */
  readonly bytes: number;
  readonly isCut: boolean;
  /** Forgets what was written in this attempt: its source is going to be read again from the start. */
  restart(): void;
  observe(observation: Observation): void;
};

export type Execution<A extends Action = Action> = {
  readonly run: Run;
  /** From 1. */
  readonly attempt: number;
  readonly action: A;
  /** Values of the secrets that the action names, by name. */
  readonly grants: ReadonlyMap<string, string>;
  /**
   * What the attempt may still use. The runner stops it at these; an engine with a cap of its own is
   * told as well.
   */
  readonly caps?: Caps;
  /** Absent unless the task lets its runs make tasks. */
  readonly ownServer?: OwnServer;
  /** What the task answered last, for an agent whose session policy asks for it. */
  readonly previous?: Answer;
  /** Whether the answer is to end with a verdict (`domain/success/verdict`). */
  readonly wantsVerdict?: boolean;
  /** The conversation that the run goes on with, oldest turn first. */
  readonly turns?: readonly Turn[];
};

/** Why an attempt is being stopped; the reason of the signal that the executor gets. */
export type StopReason = 'cancelled' | 'timed_out' | 'deadline' | 'budget';

/**
 * Carries out one kind of action. It never throws for what the world does: that is an outcome. When
 * `signal` aborts (its reason is a `StopReason`) it ends everything that it started, then answers
 * with what it has; the runner makes the stop into the outcome.
 */
export type Executor<A extends Action = Action> = {
  readonly kind: ActionKind;
  /** Keys of the daemon's own environment that this action gets: masked like granted secrets. */
  ownKeys?(action: A): readonly string[];
  execute(execution: Execution<A>, sink: Sink, signal: AbortSignal): Promise<Outcome>;
  /**
   * Goes on with an attempt that an earlier process of this daemon began. Answers at once with
   * `undefined` when nothing is left of it and nobody knows how it ended; else as `execute` does.
   */
  recover?(execution: Execution<A>, sink: Sink, signal: AbortSignal): Promise<Outcome | undefined>;
};
