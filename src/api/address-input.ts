import { z } from 'zod';
import { toPlainText } from '../domain/masking/plain-text.ts';
import { parseDurationMs } from '../domain/schedule/duration.ts';
import type { AddressAnswer, TestAddressRequest } from '../service/test-address.ts';
import { given } from './given.ts';

export const testAddressInput = z.strictObject({
  url: z.string(),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.union([z.string(), z.looseObject({}), z.array(z.unknown())]).optional(),
  timeout: z.string().optional(),
});

export const addressAnswerView = z.object({
  is_answered: z.boolean(),
  status: z.number().nullable(),
  url: z.string().nullable(),
  duration_ms: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  body_bytes: z.number().nullable(),
  message: z.string().nullable(),
});
export type AddressAnswerView = z.output<typeof addressAnswerView>;

export function toAddressRequest(input: z.output<typeof testAddressInput>): TestAddressRequest {
  const { url, method, headers, body, timeout } = input;
  const isJson = body !== undefined && typeof body !== 'string';
  return {
    url,
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    ...given({
      method,
      body: isJson ? JSON.stringify(body) : body,
      timeoutMs: timeout === undefined ? undefined : parseDurationMs(timeout),
    }),
  };
}

export function viewAddressAnswer(answer: AddressAnswer): AddressAnswerView {
  if (answer.kind === 'failed') {
    return {
      is_answered: false,
      status: null,
      url: null,
      duration_ms: answer.durationMs,
      headers: {},
      body: null,
      body_bytes: null,
      message: answer.message,
    };
  }
  return {
    is_answered: true,
    status: answer.status,
    url: toPlainText(answer.url),
    duration_ms: answer.durationMs,
    headers: Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, toPlainText(value)]),
    ),
    body: toPlainText(answer.body),
    body_bytes: answer.bodyBytes,
    message: null,
  };
}
