import type { Action } from './action.ts';

/** A tool that an agent has called; what it was given is untrusted. */
export type ToolCall = {
  readonly tool: string;
  /** One short line, masked; absent where the engine does not tell it. */
  readonly input: string | undefined;
  readonly isDenied: boolean;
  readonly startedAt: Temporal.Instant;
  /** Absent while it goes on, and where the engine does not tell it. */
  readonly endedAt: Temporal.Instant | undefined;
};

/** What an attempt was asked and did, step by step. */
export type Work = {
  /** When the executor began: gates had been looked at, and templates filled in. */
  readonly begunAt: Temporal.Instant;
  /** The text that went out, with its templates filled in; masked and bounded. */
  readonly asked: string | undefined;
  /** The first TOOL_CALLS_MAX of them. */
  readonly calls: readonly ToolCall[];
};

export const TOOL_CALLS_MAX = 100;
export const TOOL_INPUT_CHARS_MAX = 300;
export const ASKED_CHARS_MAX = 20_000;

/** The text of an action that templates have made; absent for kinds of which the task says it all. */
export function askedBy(action: Action): string | undefined {
  switch (action.kind) {
    case 'agent':
    case 'model':
      return action.prompt;
    case 'message':
      return action.text;
    case 'command':
    case 'http':
    case 'reminder':
      return undefined;
  }
}
