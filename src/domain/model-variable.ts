import type { ModelProvider } from './action.ts';

/**
 * Whether a task may name this variable of the daemon's environment as the key of a model. Only names
 * that say they hold such a key: a task must not carry anything else of the environment away.
 */
export function isModelVariable(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,118}_API_KEY$/.test(name) || name === 'AWS_BEARER_TOKEN_BEDROCK';
}

/** Variables in which each provider's own tools look for a key. */
export const USUAL_MODEL_VARIABLES: Readonly<Record<ModelProvider, readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  openai_compatible: [],
  anthropic: ['ANTHROPIC_API_KEY'],
  google: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  bedrock: ['AWS_BEARER_TOKEN_BEDROCK'],
};
