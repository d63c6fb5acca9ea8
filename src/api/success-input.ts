import { z } from 'zod';
import type { CommandAction } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { listedAs } from './json-schema.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import type { AskPolicy, SuccessPolicy } from '../domain/success/success-policy.ts';

const successPolicy = z.strictObject({
  verdict: z.boolean().optional(),
  file_changed: z.array(z.string()).optional(),
  url: z.array(z.string()).optional(),
  tool_calls: z.int().optional(),
  chars: z.int().optional(),
  tokens: z.int().optional(),
  usd: z.number().optional(),
  allow_denials: z.boolean().optional(),
  argv: z.array(z.string()).min(1).optional(),
  command: z.string().optional(),
});

const askPolicy = z.strictObject({
  deadline: z.string().optional(),
  default: z.string().optional(),
});

/** What a run must have done, and how long it waits for a person, as they are written. */
export const successShape = {
  success: listedAs(successPolicy, {
    type: 'object',
    description:
      'of agents, models: verdict (it says how it went, or asks), file_changed[], url[], argv or command (exit 0), at least: tool_calls chars tokens usd; allow_denials',
  }).optional(),
  ask: listedAs(askPolicy, {
    type: 'object',
    description: 'a person: deadline (7d), default answer then',
  }).optional(),
};

const successInput = z.object(successShape);
type SuccessInput = NonNullable<z.output<typeof successInput>['success']>;

export function toSuccess(input: SuccessInput): SuccessPolicy {
  return {
    verdict: input.verdict ?? false,
    filesChanged: input.file_changed ?? [],
    urls: input.url ?? [],
    toolCallsMin: input.tool_calls,
    charsMin: input.chars,
    tokensMin: input.tokens,
    usdMin: input.usd,
    allowsDenials: input.allow_denials ?? false,
    command: toProgram(input),
  };
}

function toProgram({ argv, command }: SuccessInput): CommandAction['program'] | undefined {
  if (argv !== undefined && command !== undefined) {
    throw new Refusal(
      'invalid',
      '"success" has both "argv" and "command". Write one of them: argv without a shell, or text for the shell.',
    );
  }
  const [program, ...rest] = argv ?? [];
  if (program !== undefined) return { kind: 'argv', argv: [program, ...rest] };
  return command === undefined ? undefined : { kind: 'shell', text: command };
}

/** Only what the contract asks for. */
export function viewSuccess(policy: SuccessPolicy): JsonObject {
  const { verdict, filesChanged, urls, allowsDenials, command } = policy;
  const minimums = Object.entries({
    tool_calls: policy.toolCallsMin,
    chars: policy.charsMin,
    tokens: policy.tokensMin,
    usd: policy.usdMin,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return {
    ...(verdict ? { verdict } : {}),
    ...(filesChanged.length === 0 ? {} : { file_changed: filesChanged }),
    ...(urls.length === 0 ? {} : { url: urls }),
    ...Object.fromEntries(minimums),
    ...(allowsDenials ? { allow_denials: true } : {}),
    ...viewProgram(command),
  };
}

function viewProgram(program: SuccessPolicy['command']): JsonObject {
  if (program === undefined) return {};
  return program.kind === 'argv' ? { argv: program.argv } : { command: program.text };
}

export function viewAsk({ deadlineMs, byDefault }: AskPolicy): JsonObject {
  return {
    deadline: formatDurationMs(deadlineMs),
    ...(byDefault === undefined ? {} : { default: byDefault }),
  };
}
