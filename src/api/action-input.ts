import { z } from 'zod';
import type { Action, CommandAction, HttpAction } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import { agentInput, toAgent } from './agent-input.ts';
import { toFolder } from './folder-input.ts';
import { grantedValues, toValues } from './granted-input.ts';
import { listedFlat } from './json-schema.ts';
import { messageInput, toMessage } from './message-input.ts';
import { modelInput, toModel } from './model-input.ts';
import { reminderInput, toReminder } from './reminder-input.ts';

const commandInput = z.strictObject({
  kind: z.literal('command'),
  command: z.string().min(1).optional().describe('text for the shell; this or argv'),
  argv: z.array(z.string()).min(1).optional().describe('program and arguments, no shell'),
  cwd: z.string().optional().describe('folder; default: where the client works, else home'),
  env: grantedValues,
  stdin: z.string().optional(),
});

const httpInput = z.strictObject({
  kind: z.literal('http'),
  url: z.string(),
  method: z.string().optional().describe('default GET; POST with a body or text'),
  headers: grantedValues,
  body: z
    .union([z.string(), z.looseObject({}), z.array(z.unknown())])
    .optional()
    .describe('text or JSON'),
  expected_status: z
    .union([z.string(), z.int(), z.array(z.union([z.string(), z.int()]))])
    .optional()
    .describe('default "200-299"'),
});

export const actionInput = listedFlat(
  z.discriminatedUnion('kind', [
    commandInput,
    httpInput,
    agentInput,
    modelInput,
    messageInput,
    reminderInput,
  ]),
);
export type ActionInput = z.output<typeof actionInput>;

/** The action that the caller described, or a refusal that says which part of it cannot be. */
export function toAction(input: ActionInput, clientFolder: string | undefined): Action {
  switch (input.kind) {
    case 'command':
      return toCommand(input, clientFolder);
    case 'http':
      return toHttp(input);
    case 'agent':
      return toAgent(input, clientFolder);
    case 'model':
      return toModel(input, clientFolder);
    case 'message':
      return toMessage(input);
    case 'reminder':
      return toReminder(input);
  }
}

function toCommand(
  input: z.output<typeof commandInput>,
  clientFolder: string | undefined,
): CommandAction {
  return {
    kind: 'command',
    program: toProgram(input),
    cwd: toFolder(input.cwd, clientFolder),
    env: toValues(input.env, 'env'),
    stdin: input.stdin,
  };
}

function toProgram(input: z.output<typeof commandInput>): CommandAction['program'] {
  const [first, ...rest] = input.argv ?? [];
  if ((first === undefined) === (input.command === undefined)) {
    throw new Refusal(
      'invalid',
      'A command action needs either "command" (text for the shell) or "argv" (program and arguments). Give one of the two.',
    );
  }
  return first === undefined
    ? { kind: 'shell', text: input.command ?? '' }
    : { kind: 'argv', argv: [first, ...rest] };
}

function toHttp(input: z.output<typeof httpInput>): HttpAction {
  const isJson = input.body !== undefined && typeof input.body !== 'string';
  const headers = toValues(input.headers, 'headers');
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    kind: 'http',
    method: (input.method ?? (input.body === undefined ? 'GET' : 'POST')).toUpperCase(),
    url: input.url,
    headers:
      isJson && !hasType
        ? { ...headers, 'content-type': { kind: 'text', text: 'application/json' } }
        : headers,
    body: typeof input.body === 'object' ? JSON.stringify(input.body) : input.body,
    expectedStatus: toRanges(input.expected_status ?? '200-299'),
  };
}

const STATUS_MIN = 100;
const STATUS_MAX = 599;

function toRanges(
  given: z.output<typeof httpInput>['expected_status'],
): readonly (readonly [from: number, to: number])[] {
  const parts = (Array.isArray(given) ? given : [given]).flatMap((part) => String(part).split(','));
  return parts.map((part) => {
    const match = /^\s*(\d{3})\s*(?:-\s*(\d{3})\s*)?$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (!(from >= STATUS_MIN && to <= STATUS_MAX && from <= to)) {
      throw new Refusal(
        'invalid',
        `"expected_status" has ${JSON.stringify(part)}, which is no status code. Write codes and ranges from 100 to 599, such as "200-299,404".`,
      );
    }
    return [from, to] as const;
  });
}
