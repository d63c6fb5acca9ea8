import type { Action } from '../domain/action.ts';
import { maskText } from '../domain/masking/masker.ts';
import type { Outcome, Usage } from '../domain/outcome.ts';
import {
  ASKED_CHARS_MAX,
  askedBy,
  TOOL_CALLS_MAX,
  TOOL_INPUT_CHARS_MAX,
  type ToolCall,
} from '../domain/work.ts';
import type { Observation } from '../ports/executor.ts';
import type { WorkSoFar } from '../ports/live-work.ts';

/** Writes down what an attempt does while it goes on. */
export type WorkRecord = {
  observe(observation: Observation): void;
  /** What was told is going to be told again. */
  restart(): void;
  soFar(): WorkSoFar;
};

type Open = { -readonly [Field in keyof ToolCall]: ToolCall[Field] };

/** @param hidden values that are masked in what is kept. */
export function recordWork(
  now: () => Temporal.Instant,
  action: Action,
  hidden: readonly string[],
): WorkRecord {
  const begunAt = now();
  const mask = (text: string, charsMax: number) => maskText(text, hidden).slice(0, charsMax);
  const prompt = askedBy(action);
  const asked = prompt === undefined ? undefined : mask(prompt, ASKED_CHARS_MAX);
  let calls: Open[] = [];
  let byId = new Map<string, Open>();
  let usage: Usage | undefined;
  let costUsd: number | undefined;

  function onCall(told: Extract<Observation, { readonly kind: 'tool_call' }>): void {
    const known = told.id === undefined ? undefined : byId.get(told.id);
    if (known !== undefined) {
      known.isDenied ||= told.isDenied;
      return;
    }
    if (calls.length >= TOOL_CALLS_MAX) return;
    const call: Open = {
      tool: mask(told.tool, TOOL_INPUT_CHARS_MAX),
      input: told.input === undefined ? undefined : mask(told.input, TOOL_INPUT_CHARS_MAX),
      isDenied: told.isDenied,
      startedAt: now(),
      endedAt: undefined,
    };
    calls.push(call);
    if (told.id !== undefined) byId.set(told.id, call);
  }

  return {
    observe(observation) {
      switch (observation.kind) {
        case 'tool_call':
          onCall(observation);
          return;
        case 'tool_end': {
          const call = byId.get(observation.id);
          if (call !== undefined) call.endedAt ??= now();
          return;
        }
        case 'usage': {
          const { inputTokens, outputTokens, cachedTokens } = observation;
          usage = { inputTokens, outputTokens, cachedTokens };
          return;
        }
        case 'cost':
          costUsd = observation.usd;
          return;
        case 'session':
        case 'span':
          return;
      }
    },
    restart() {
      calls = [];
      byId = new Map();
    },
    soFar: () => ({
      work: { begunAt, asked, calls: calls.map((call) => ({ ...call })) },
      usage,
      costUsd,
    }),
  };
}

/** The outcome with what was done for it, where there is anything to tell. */
export function withWork(outcome: Outcome, { work }: WorkSoFar, wasGated: boolean): Outcome {
  if (work.asked === undefined && work.calls.length === 0 && !wasGated) return outcome;
  if (outcome.kind === 'lost') {
    return outcome.result === undefined
      ? outcome
      : { ...outcome, result: { ...outcome.result, work } };
  }
  return { ...outcome, result: { ...outcome.result, work } };
}
