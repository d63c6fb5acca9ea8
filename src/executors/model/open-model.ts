import type { LanguageModel } from 'ai';
import type { ModelAction } from '../../domain/action.ts';
import type { ModelKey } from './model-key.ts';

export type OpenedModel =
  | { readonly kind: 'model'; readonly model: LanguageModel }
  | { readonly kind: 'refused'; readonly message: string };

type UsableKey = Exclude<ModelKey, { kind: 'missing' }>;

/**
 * The model behind a provider's library, which is loaded only now. Every setting is given, also those
 * that have a default, because the libraries look for the others in the environment.
 */
export async function openModel(
  action: ModelAction,
  key: UsableKey,
  environment: Readonly<Record<string, string | undefined>>,
  fetch: typeof globalThis.fetch,
): Promise<OpenedModel> {
  const apiKey = key.kind === 'key' ? key.key : NO_KEY;
  const { baseUrl } = action;
  switch (action.provider) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      const baseURL = baseUrl ?? 'https://api.openai.com/v1';
      return opened(createOpenAI({ baseURL, apiKey, fetch })(action.model));
    }
    case 'openai_compatible': {
      if (baseUrl === undefined) return { kind: 'refused', message: NO_ADDRESS };
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const provider = createOpenAICompatible({
        name: 'compatible',
        baseURL: baseUrl,
        ...(key.kind === 'key' ? { apiKey } : {}),
        includeUsage: true,
        supportsStructuredOutputs: true,
        fetch,
      });
      return opened(provider(action.model));
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      const baseURL = baseUrl ?? 'https://api.anthropic.com/v1';
      return opened(createAnthropic({ baseURL, apiKey, fetch })(action.model));
    }
    case 'google': {
      const { createGoogle } = await import('@ai-sdk/google');
      const baseURL = baseUrl ?? 'https://generativelanguage.googleapis.com/v1beta';
      return opened(createGoogle({ baseURL, apiKey, fetch })(action.model));
    }
    case 'bedrock':
      return await openBedrock(action, key, environment, fetch);
  }
}

/** Stands where a library insists on a key; the header that carries it is taken out again. */
const NO_KEY = 'none';
const NO_ADDRESS =
  'A compatible server has no address of its own. Give its base URL, such as http://127.0.0.1:11434/v1.';

async function openBedrock(
  action: ModelAction,
  key: UsableKey,
  environment: Readonly<Record<string, string | undefined>>,
  fetch: typeof globalThis.fetch,
): Promise<OpenedModel> {
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  const address = action.baseUrl ?? (region === undefined ? undefined : bedrockAddress(region));
  if (address === undefined) {
    const message =
      "Bedrock needs a region. Set AWS_REGION in the daemon's environment, or give the base URL of the region.";
    return { kind: 'refused', message };
  }
  const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
  const provider = createAmazonBedrock({
    baseURL: address,
    region: region ?? 'us-east-1',
    // An empty key makes the library sign the request instead of looking for one.
    apiKey: key.kind === 'aws' ? '' : key.kind === 'key' ? key.key : NO_KEY,
    ...(key.kind === 'aws'
      ? {
          accessKeyId: key.accessKeyId,
          secretAccessKey: key.secretAccessKey,
          ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }),
        }
      : {}),
    fetch,
  });
  return opened(provider(action.model));
}

function bedrockAddress(region: string): string | undefined {
  if (!/^[a-z0-9-]{1,40}$/.test(region)) return undefined;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://bedrock-runtime.${region}.${suffix}`;
}

function opened(model: LanguageModel): OpenedModel {
  return { kind: 'model', model };
}
