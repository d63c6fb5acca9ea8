import type { ModelAction, ModelProvider } from '../../domain/action.ts';
import { isModelVariable, USUAL_MODEL_VARIABLES } from '../../domain/model-variable.ts';

export type ModelKey =
  | { readonly kind: 'key'; readonly key: string }
  /** AWS credentials that sign the request. */
  | {
      readonly kind: 'aws';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | undefined;
    }
  /** A server at an address of its own that was given no key. */
  | { readonly kind: 'none' }
  | { readonly kind: 'missing'; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The key that goes with the request. A server at an address of its own gets only a key that the task
 * names: the usual one belongs to the provider.
 */
export function findKey(
  action: ModelAction,
  grants: ReadonlyMap<string, string>,
  environment: Environment,
): ModelKey {
  const { apiKey, provider, baseUrl } = action;
  if (apiKey?.kind === 'secret') return secretKey(apiKey.secret, grants);
  if (apiKey?.kind === 'variable') return variableKey(apiKey.variable, environment);
  if (baseUrl !== undefined) return { kind: 'none' };
  for (const name of USUAL_MODEL_VARIABLES[provider]) {
    const key = environment[name];
    if (key) return { kind: 'key', key };
  }
  const aws = provider === 'bedrock' ? awsCredentials(environment) : undefined;
  return aws ?? { kind: 'missing', message: noKeyMessage(provider) };
}

function secretKey(secret: string, grants: ReadonlyMap<string, string>): ModelKey {
  const key = grants.get(secret);
  if (key) return { kind: 'key', key };
  const message = `The vault has no secret named "${secret}". Set it, then run the task again.`;
  return { kind: 'missing', message };
}

function variableKey(variable: string, environment: Environment): ModelKey {
  if (!isModelVariable(variable)) {
    const message = `The variable ${variable} may not be used as a key. Name one that ends in _API_KEY, or store the key as a secret.`;
    return { kind: 'missing', message };
  }
  const key = environment[variable];
  if (key) return { kind: 'key', key };
  const message = `The daemon's environment has no variable ${variable}. Set it and start the daemon again, or store the key as a secret and name that.`;
  return { kind: 'missing', message };
}

function awsCredentials(environment: Environment): ModelKey | undefined {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return { kind: 'aws', accessKeyId, secretAccessKey, sessionToken };
}

function noKeyMessage(provider: ModelProvider): string {
  const variables =
    provider === 'bedrock'
      ? 'AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY,'
      : USUAL_MODEL_VARIABLES[provider].join(' or ');
  return `There is no key for the model. Store it as a secret and name that as the task's API key, or set ${variables} in the daemon's environment and start it again.`;
}

/** What of a key must not be seen in what is kept. */
export function secretTextsOf(key: ModelKey): readonly string[] {
  if (key.kind === 'key') return [key.key];
  if (key.kind !== 'aws') return [];
  return [key.secretAccessKey, ...(key.sessionToken === undefined ? [] : [key.sessionToken])];
}
