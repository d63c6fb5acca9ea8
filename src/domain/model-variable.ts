/**
 * Whether a task may name this variable of the daemon's environment as the key of a model. Only names
 * that say they hold such a key: a task must not carry anything else of the environment away.
 */
export function isModelVariable(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,118}_API_KEY$/.test(name) || name === 'AWS_BEARER_TOKEN_BEDROCK';
}
