import { costOf } from '../../domain/prices.ts';
import type { Usage } from '../../domain/outcome.ts';
import type { Sink } from '../../ports/executor.ts';

/** No text has more characters per token than English, which has four or five; code has fewer. */
const CHARS_PER_TOKEN = 5;

/** Output tokens that go by before the sink is told again. */
const TOKENS_PER_TELLING = 16;

export type LiveUsage = {
  /** A piece of the answer came: at least one token, as every provider streams. */
  onPiece(text: string): void;
  /** Counts that the provider told. */
  onTold(told: Partial<Usage>): void;
  /** What it comes to so far: as told, else as estimated. */
  readonly usage: Usage;
};

/**
 * Counts while an answer streams. Few providers tell before the end, so until then the tokens are
 * estimated from what was sent and what came: too few rather than too many.
 */
export function countLive(model: string, promptChars: number, sink: Sink): LiveUsage {
  let told: Partial<Usage> = {};
  let pieces = 0;
  let chars = 0;
  let tokensTold = -TOKENS_PER_TELLING;
  const usage = (): Usage => ({
    inputTokens: told.inputTokens ?? Math.floor(promptChars / CHARS_PER_TOKEN),
    outputTokens: Math.max(told.outputTokens ?? 0, pieces, Math.floor(chars / CHARS_PER_TOKEN)),
    cachedTokens: told.cachedTokens ?? 0,
  });
  const tell = (): void => {
    const now = usage();
    tokensTold = now.outputTokens;
    sink.observe({ kind: 'usage', ...now });
    const usd = costOf(model, now);
    if (usd !== undefined) sink.observe({ kind: 'cost', usd });
  };
  return {
    onPiece(text) {
      if (text === '') return;
      pieces += 1;
      chars += text.length;
      if (usage().outputTokens - tokensTold >= TOKENS_PER_TELLING) tell();
    },
    onTold(counts) {
      told = { ...told, ...counts };
      // A final count replaces what was estimated, in both directions.
      if (counts.outputTokens !== undefined) {
        pieces = 0;
        chars = 0;
      }
      tell();
    },
    get usage() {
      return usage();
    },
  };
}

/** The counts in a chunk as it came, of the providers that tell while they stream. */
export function toldInChunk(raw: unknown): Partial<Usage> | undefined {
  if (!isRecord(raw)) return undefined;
  if (isRecord(raw['message']) && isRecord(raw['message']['usage'])) {
    return anthropicUsage(raw['message']['usage']);
  }
  if (isRecord(raw['usage'])) {
    return raw['type'] === 'message_delta'
      ? counts({ outputTokens: raw['usage']['output_tokens'] })
      : openAiUsage(raw['usage']);
  }
  return isRecord(raw['usageMetadata']) ? googleUsage(raw['usageMetadata']) : undefined;
}

/** The output count of a message's start is a placeholder, so it is left out. */
function anthropicUsage(usage: Record<string, unknown>): Partial<Usage> {
  const cached = countOf(usage['cache_read_input_tokens']) ?? 0;
  const written = countOf(usage['cache_creation_input_tokens']) ?? 0;
  const fresh = countOf(usage['input_tokens']);
  if (fresh === undefined) return {};
  return { inputTokens: fresh + cached + written, cachedTokens: cached };
}

function openAiUsage(usage: Record<string, unknown>): Partial<Usage> {
  return counts({
    inputTokens: usage['prompt_tokens'],
    outputTokens: usage['completion_tokens'],
  });
}

function googleUsage(usage: Record<string, unknown>): Partial<Usage> {
  const answered = countOf(usage['candidatesTokenCount']) ?? 0;
  const thought = countOf(usage['thoughtsTokenCount']) ?? 0;
  return counts({
    inputTokens: usage['promptTokenCount'],
    outputTokens: answered + thought || undefined,
    cachedTokens: usage['cachedContentTokenCount'],
  });
}

function counts(given: Readonly<Record<string, unknown>>): Partial<Usage> {
  const found = Object.entries(given).flatMap(([name, value]) => {
    const count = countOf(value);
    return count === undefined ? [] : [[name, count] as const];
  });
  return Object.fromEntries(found);
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
