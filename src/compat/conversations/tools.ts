import { defineTool, type ToolCall, type ToolHints } from '../../api/tool.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Services } from '../../service/services.ts';
import { cancelConversation as cancel } from './cancel-conversation.ts';
import { findConversation, progressOf, type Status } from './find-conversation.ts';
import { idInput, idJson, scheduleInput, scheduleJson } from './inputs.ts';
import { standInIdInput, standInIdJson } from './inputs.ts';
import { standInScheduleInput, standInScheduleJson } from './inputs.ts';
import { scheduleConversation as schedule } from './schedule-conversation.ts';

const STARTS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};
const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const ENDS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: false,
};

const scheduling = {
  title: 'Schedule a conversation',
  description: 'Schedules a text for delivery to an HTTP endpoint at a later time.',
  annotations: STARTS,
  toolset: 'tasks',
  access: 'write',
  text: String,
} as const;
const asking = {
  title: 'Get the status of a conversation',
  description: 'Gets the status of a scheduled conversation.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  text: String,
} as const;
const cancelling = {
  title: 'Cancel a conversation',
  description: 'Cancels a scheduled conversation.',
  annotations: ENDS,
  toolset: 'tasks',
  access: 'write',
  text: String,
} as const;

/** The tools of the service, in the order in which it lists them. */
export const serviceTools = [
  defineTool({
    ...scheduling,
    name: 'scheduleConversation',
    input: scheduleInput,
    inputJson: scheduleJson,
    handle: (services, given, call) =>
      newId(services, call, {
        text: given.conversationText,
        time: given.scheduledTime,
        endpoint: given.endpoint,
        method: given.method,
        additionalInfo: given.additionalInfo,
      }),
  }),
  defineTool({
    ...asking,
    name: 'getConversationStatus',
    input: idInput,
    inputJson: idJson,
    handle: (services, { conversationId }) => statusOf(services, conversationId),
  }),
  defineTool({
    ...cancelling,
    name: 'cancelConversation',
    input: idInput,
    inputJson: idJson,
    handle: (services, { conversationId }) => cancel(services, conversationId),
  }),
] as const;

/** The tools of the stand-in: other names, states in lower case, and a refusal where nothing is cancelled. */
export const standInTools = [
  defineTool({
    ...scheduling,
    name: 'schedule_conversation',
    input: standInScheduleInput,
    inputJson: standInScheduleJson,
    handle: (services, given, call) =>
      newId(services, call, {
        text: given.conversation_text,
        time: given.scheduled_time,
        endpoint: given.endpoint,
        method: given.method,
        additionalInfo: given.additional_info,
      }),
  }),
  defineTool({
    ...asking,
    name: 'get_conversation_status',
    input: standInIdInput,
    inputJson: standInIdJson,
    handle: async (services, { conversation_id: id }) =>
      (await statusOf(services, id)).toLowerCase(),
  }),
  defineTool({
    ...cancelling,
    name: 'cancel_conversation',
    input: standInIdInput,
    inputJson: standInIdJson,
    handle: async (services, { conversation_id: id }) => {
      if (await cancel(services, id)) return true;
      const status = await statusOf(services, id);
      if (status === 'Cancelled') return true;
      throw new Refusal('conflict', `The conversation is ${status} and cannot be cancelled.`);
    },
  }),
] as const;

type Given = {
  readonly text: string;
  readonly time: string;
  readonly endpoint: string;
  readonly method: string | null | undefined;
  readonly additionalInfo: string | null | undefined;
};

/** Tool calls always carry this one header, and can set no other. */
const TOOL_HEADERS = { 'Content-Type': 'application/json' };

async function newId(services: Services, call: ToolCall, given: Given): Promise<string> {
  const { text, time, endpoint, method, additionalInfo } = given;
  const { id } = await schedule(
    services,
    {
      text,
      time,
      endpoint,
      method: method ?? 'POST',
      headers: TOOL_HEADERS,
      additionalInfo: additionalInfo ?? undefined,
    },
    { now: call.now(), zone: call.zone },
  );
  return id;
}

async function statusOf(services: Services, id: string): Promise<Status> {
  const found = await findConversation(services, id);
  if (found !== undefined) return (await progressOf(services, found)).status;
  throw new Refusal(
    'invalid',
    `There is no conversation ${JSON.stringify(id.slice(0, ID_CHARS_MAX))}.`,
  );
}

const ID_CHARS_MAX = 80;
