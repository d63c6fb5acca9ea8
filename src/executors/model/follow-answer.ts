import type { TextStreamPart, ToolSet } from 'ai';
import { createMasker, maskText } from '../../domain/masking/masker.ts';
import { ANSWER_CHARS_MAX } from '../../domain/outcome.ts';
import type { Sink } from '../../ports/executor.ts';
import { tailWriter } from '../http/tail-writer.ts';
import { toldInChunk, type LiveUsage } from './live-usage.ts';

export type FollowedAnswer = {
  /** Masked, and cut at ANSWER_CHARS_MAX. */
  readonly text: string;
  readonly isCut: boolean;
  /** How the model says that it ended; absent when the stream broke off. */
  readonly finish: { readonly reason: string; readonly word: string | undefined } | undefined;
  /** What the provider's library threw or handed over as an error. */
  readonly error: unknown;
};

type Parts = AsyncIterable<TextStreamPart<ToolSet>>;

/** Takes an answer piece by piece: the text goes to the sink, the counts to the meter. */
export async function followAnswer(
  open: () => Parts,
  sink: Sink,
  live: LiveUsage,
  secrets: readonly string[],
): Promise<FollowedAnswer> {
  const output = tailWriter(sink);
  const masker = createMasker(secrets);
  const encoder = new TextEncoder();
  let text = '';
  let isCut = false;
  let finish: FollowedAnswer['finish'];
  let error: unknown;
  try {
    for await (const part of open()) {
      if (part.type === 'text-delta') {
        output.write(masker.push(encoder.encode(part.text)));
        live.onPiece(part.text);
        isCut ||= text.length + part.text.length > ANSWER_CHARS_MAX;
        text = (text + part.text).slice(0, ANSWER_CHARS_MAX);
      } else if (part.type === 'reasoning-delta') {
        live.onPiece(part.text);
      } else if (part.type === 'raw') {
        tellCounts(live, part.rawValue);
      } else if (part.type === 'finish-step') {
        live.onTold(finalCounts(part.usage));
        finish = { reason: part.finishReason, word: part.rawFinishReason };
      } else if (part.type === 'error') {
        error ??= part.error;
      }
    }
  } catch (thrown) {
    error ??= thrown;
  }
  output.write(masker.end());
  output.end();
  return { text: maskText(text, secrets), isCut, finish, error };
}

function tellCounts(live: LiveUsage, raw: unknown): void {
  const told = toldInChunk(raw);
  if (told !== undefined && Object.keys(told).length > 0) live.onTold(told);
}

type FinalUsage = {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly inputTokenDetails: { readonly cacheReadTokens: number | undefined };
};

function finalCounts(usage: FinalUsage) {
  const { inputTokens, outputTokens } = usage;
  const cachedTokens = usage.inputTokenDetails.cacheReadTokens;
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
  };
}
