import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';

// Unknown arguments are left aside, as the older system does.
const text = z.string().min(1);
const maybeText = z.string().nullish();
const method = z.string().nullish();

export const scheduleInput = z.object({
  conversationText: text,
  scheduledTime: text,
  endpoint: text,
  method,
  additionalInfo: maybeText,
});
export const idInput = z.object({ conversationId: text });

export const standInScheduleInput = z.object({
  conversation_text: text,
  scheduled_time: text,
  endpoint: text,
  method,
  additional_info: maybeText,
});
export const standInIdInput = z.object({ conversation_id: text });

const string = (description: string): JsonObject => ({ type: 'string', description });
const TEXT = string('The text content to be sent');
const TIME = string(
  'When to deliver the text, ISO 8601, in the future; without "Z" or an offset it is local time of the scheduler',
);
const ENDPOINT = string('The address to send the text to');
const METHOD: JsonObject = { ...string('HTTP method to use'), default: 'POST' };
const INFO = string('Additional context, kept beside the text and not sent');
const ID = string('The id of the conversation');

export const scheduleJson = objectSchema(
  {
    conversationText: TEXT,
    scheduledTime: TIME,
    endpoint: ENDPOINT,
    method: METHOD,
    additionalInfo: INFO,
  },
  ['conversationText', 'scheduledTime', 'endpoint'],
);
export const idJson = objectSchema({ conversationId: ID }, ['conversationId']);
export const standInScheduleJson = objectSchema(
  {
    conversation_text: TEXT,
    scheduled_time: TIME,
    endpoint: ENDPOINT,
    method: METHOD,
    additional_info: INFO,
  },
  ['conversation_text', 'scheduled_time', 'endpoint'],
);
export const standInIdJson = objectSchema({ conversation_id: ID }, ['conversation_id']);

function objectSchema(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, required };
}
