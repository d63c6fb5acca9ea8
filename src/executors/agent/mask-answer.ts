import type { Json } from '../../domain/json.ts';
import { maskText } from '../../domain/masking/masker.ts';
import type { Answer, Outcome } from '../../domain/outcome.ts';

/** The outcome without the values of the secrets that the run was granted. */
export function maskAnswer(outcome: Outcome, secrets: readonly string[]): Outcome {
  const answer = outcome.result?.answer;
  if (outcome.result === undefined || answer === undefined || secrets.length === 0) return outcome;
  const mask = (text: string): string => maskText(text, secrets);
  const masked: Answer = {
    ...answer,
    text: answer.text === undefined ? undefined : mask(answer.text),
    data: answer.data === undefined ? undefined : maskJson(answer.data, mask),
    denials: answer.denials.map(mask),
    terminalReason: answer.terminalReason === undefined ? undefined : mask(answer.terminalReason),
  };
  return { ...outcome, result: { ...outcome.result, answer: masked } };
}

function maskJson(value: Json, mask: (text: string) => string): Json {
  if (typeof value === 'string') return mask(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => maskJson(one, mask));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [mask(key), maskJson(inner, mask)]),
  );
}
