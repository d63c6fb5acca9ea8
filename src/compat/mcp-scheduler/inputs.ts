import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';

// Unknown arguments are left aside, as the older system does. Required texts must not be empty.
const text = z.string().min(1);
const maybeText = z.string().nullish();
const maybeObject = z.record(z.string(), z.json()).nullish();
const maybeHeaders = z.record(z.string(), z.string()).nullish();

const common = {
  name: text,
  schedule: text,
  description: maybeText,
  enabled: z.boolean().default(true),
  do_only_once: z.boolean().default(true),
};

export const noInput = z.object({});
export const taskIdInput = z.object({ task_id: z.string() });
export const executionsInput = z.object({ task_id: z.string(), limit: z.int().default(10) });
export const addCommandInput = z.object({ ...common, command: text });
export const addApiInput = z.object({
  ...common,
  api_url: text,
  api_method: z.string().default('GET'),
  api_headers: maybeHeaders,
  api_body: maybeObject,
});
export const addAiInput = z.object({ ...common, prompt: text });
export const addReminderInput = z.object({ ...common, message: text, title: maybeText });
export const updateInput = z.object({
  task_id: z.string(),
  name: maybeText,
  schedule: maybeText,
  command: maybeText,
  api_url: maybeText,
  api_method: maybeText,
  api_headers: maybeHeaders,
  api_body: maybeObject,
  prompt: maybeText,
  description: maybeText,
  enabled: z.boolean().nullish(),
  do_only_once: z.boolean().nullish(),
  reminder_title: maybeText,
  reminder_message: maybeText,
});

// The schemas as the older system lists them; clients may have been written against them.
const string = { type: 'string' };
const nullable = (schema: JsonObject): JsonObject => ({
  anyOf: [schema, { type: 'null' }],
  default: null,
});
const headers: JsonObject = { type: 'object', additionalProperties: { type: 'string' } };
const body: JsonObject = { type: 'object', additionalProperties: true };

const commonJson = {
  description: nullable(string),
  enabled: { type: 'boolean', default: true },
  do_only_once: {
    type: 'boolean',
    default: true,
    description: 'true: the task switches itself off after its first successful run',
  },
};
const scheduleJson = {
  type: 'string',
  description: 'cron, in UTC: five fields, or six with seconds as the last one',
};

export const noInputJson = objectSchema({}, []);
export const taskIdJson = objectSchema({ task_id: string }, ['task_id']);
export const executionsJson = objectSchema(
  { task_id: string, limit: { type: 'integer', default: 10 } },
  ['task_id'],
);
export const addCommandJson = objectSchema(
  { name: string, schedule: scheduleJson, command: string, ...commonJson },
  ['name', 'schedule', 'command'],
);
export const addApiJson = objectSchema(
  {
    name: string,
    schedule: scheduleJson,
    api_url: string,
    api_method: { type: 'string', default: 'GET' },
    api_headers: nullable(headers),
    api_body: nullable(body),
    ...commonJson,
  },
  ['name', 'schedule', 'api_url'],
);
export const addAiJson = objectSchema(
  { name: string, schedule: scheduleJson, prompt: string, ...commonJson },
  ['name', 'schedule', 'prompt'],
);
export const addReminderJson = objectSchema(
  {
    name: string,
    schedule: scheduleJson,
    message: string,
    title: nullable(string),
    ...commonJson,
  },
  ['name', 'schedule', 'message'],
);
export const updateJson = objectSchema(
  {
    task_id: string,
    name: nullable(string),
    schedule: nullable(string),
    command: nullable(string),
    api_url: nullable(string),
    api_method: nullable(string),
    api_headers: nullable(headers),
    api_body: nullable(body),
    prompt: nullable(string),
    description: nullable(string),
    enabled: nullable({ type: 'boolean' }),
    do_only_once: nullable({ type: 'boolean' }),
    reminder_title: nullable(string),
    reminder_message: nullable(string),
  },
  ['task_id'],
);

function objectSchema(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}
