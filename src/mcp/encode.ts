import type { CallResult } from '../api/surface.ts';
import type { Answer } from '../api/tool.ts';
import type { Refusal } from '../domain/refusal.ts';

/** Some clients show the model the text alone, others the structure alone: each says everything. */
export function encodeAnswer(answer: Answer): CallResult {
  return {
    content: [{ type: 'text', text: answer.text }],
    ...(answer.value === undefined ? {} : { structuredContent: answer.value }),
  };
}

export function encodeRefusal(refusal: Refusal): CallResult {
  const { code, message, hint } = refusal;
  return {
    content: [{ type: 'text', text: hint === undefined ? message : `${message} ${hint}` }],
    structuredContent: { error: { code, message, hint: hint ?? null } },
    isError: true,
  };
}
