import { z } from 'zod';
import type { ModelAction } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { toFolder } from './folder-input.ts';

const PROVIDERS = ['openai', 'openai_compatible', 'anthropic', 'google', 'bedrock'] as const;

export const modelInput = z.strictObject({
  kind: z.literal('model'),
  provider: z.enum(PROVIDERS).describe(PROVIDERS.join(', ')),
  model: z.string(),
  prompt: z.string(),
  base_url: z.string().optional().describe('of a compatible server'),
  api_key: z
    .union([
      z.string(),
      z.strictObject({ secret: z.string() }),
      z.strictObject({ variable: z.string() }),
    ])
    .optional()
    .describe('{secret: name} or {variable: name}'),
  system_text: z.string().optional(),
  temperature: z.number().optional(),
  max_tokens: z.int().optional(),
  answer_schema: z.looseObject({}).optional(),
  files: z.array(z.string()).optional().describe('paths'),
});

export function toModel(
  input: z.output<typeof modelInput>,
  clientFolder: string | undefined,
): ModelAction {
  return {
    kind: 'model',
    provider: input.provider,
    model: input.model,
    prompt: input.prompt,
    baseUrl: input.base_url,
    apiKey: toApiKey(input.api_key),
    systemText: input.system_text,
    temperature: input.temperature,
    outputTokensMax: input.max_tokens,
    answerSchema: input.answer_schema as JsonObject | undefined,
    files: (input.files ?? []).map((file) => toFolder(file, clientFolder) ?? file),
  };
}

function toApiKey(given: z.output<typeof modelInput>['api_key']): ModelAction['apiKey'] {
  if (given === undefined) return undefined;
  if (typeof given === 'string') {
    throw new Refusal(
      'invalid',
      'A key must not be written into a task, where everybody who sees the task could read it. Store it as a secret with "carillon secret set NAME" and write {"secret": "NAME"}, or name a variable of the daemon: {"variable": "NAME_API_KEY"}.',
    );
  }
  return 'secret' in given
    ? { kind: 'secret', secret: given.secret }
    : { kind: 'variable', variable: given.variable };
}
