import type { Json, JsonObject } from '../json.ts';
import type { Answer, Outcome, RunResult } from '../outcome.ts';
import { maskText } from './masker.ts';

/** The outcome without these values, wherever text from outside or of a task is in it. */
export function maskOutcome(outcome: Outcome, values: Iterable<string>): Outcome {
  const secrets = [...values];
  if (secrets.length === 0) return outcome;
  const mask: Mask = (text) => maskText(text, secrets);
  if (outcome.kind === 'succeeded') return { ...outcome, result: maskResult(outcome.result, mask) };
  const message = mask(outcome.message);
  if (outcome.kind === 'lost') {
    const { result } = outcome;
    return { ...outcome, message, result: result && maskResult(result, mask) };
  }
  return { ...outcome, message, result: maskResult(outcome.result, mask) };
}

type Mask = (text: string) => string;

function maskResult(result: RunResult, mask: Mask): RunResult {
  const { httpHeaders, answer, deliveries, notice } = result;
  return {
    ...result,
    httpHeaders: httpHeaders && maskKeyed(httpHeaders, mask, mask),
    ...(answer && { answer: maskAnswer(answer, mask) }),
    ...(deliveries && {
      deliveries: deliveries.map((one) => ({ ...one, note: mask(one.note) })),
    }),
    ...(notice && { notice: { title: mask(notice.title), body: mask(notice.body) } }),
  };
}

function maskAnswer(answer: Answer, mask: Mask): Answer {
  const masked = (text: string | undefined) => (text === undefined ? undefined : mask(text));
  return {
    ...answer,
    text: masked(answer.text),
    data: answer.data === undefined ? undefined : maskJson(answer.data, mask),
    session: masked(answer.session),
    costByModel: maskKeyed(answer.costByModel, mask, (cost) => cost),
    denials: answer.denials.map(mask),
    terminalReason: masked(answer.terminalReason),
  };
}

function maskJson(value: Json, mask: Mask): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number') {
    // A secret of digits alone is a number in JSON.
    const text = JSON.stringify(value);
    const masked = mask(text);
    return masked === text ? value : masked;
  }
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((one) => maskJson(one, mask));
  return maskKeyed(value, mask, (inner) => maskJson(inner, mask));
}

/** `Array.isArray` does not know lists that are read only. */
function isList(value: JsonObject | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value);
}

function maskKeyed<Value, Masked>(
  record: Readonly<Record<string, Value>>,
  mask: Mask,
  maskValue: (value: Value) => Masked,
): Record<string, Masked> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [mask(key), maskValue(value)]),
  );
}
