import { z } from 'zod';
import type { MessageAction } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';
import { grantedValues, toValues } from './granted-input.ts';

export const messageInput = z.strictObject({
  kind: z.literal('message'),
  endpoint: z.string().describe('http or https'),
  method: z.string().optional(),
  text: z.string(),
  headers: grantedValues,
  content_type: z.string().optional().describe('default text/plain'),
  info: z.looseObject({}).optional().describe('kept, not sent'),
});

export function toMessage(input: z.output<typeof messageInput>): MessageAction {
  return {
    kind: 'message',
    endpoint: input.endpoint,
    method: (input.method ?? 'POST').toUpperCase(),
    text: input.text,
    contentType: input.content_type ?? 'text/plain; charset=utf-8',
    headers: toValues(input.headers, 'headers'),
    info: (input.info ?? {}) as JsonObject,
  };
}
