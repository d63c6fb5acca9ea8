import type { ModelAction } from '../domain/action.ts';
import { isModelVariable } from '../domain/model-variable.ts';
import { Refusal } from '../domain/refusal.ts';
import {
  checkCount,
  checkFilled,
  checkJson,
  checkLength,
  checkPath,
  checkSecretName,
  checkUrl,
  checkWord,
  quoted,
} from './check-values.ts';

const MODEL_CHARS_MAX = 200;
const TEMPERATURE_MAX = 2;
const OUTPUT_TOKENS_MAX = 1_000_000;
const FILES_MAX = 20;

export function checkModel(action: ModelAction, home: string): ModelAction {
  checkWord('"model"', action.model, MODEL_CHARS_MAX);
  checkFilled('The prompt', action.prompt);
  checkServer(action);
  if (action.apiKey?.kind === 'secret') checkSecretName(action.apiKey.secret);
  if (action.apiKey?.kind === 'variable') checkKeyVariable(action.apiKey.variable);
  if (action.systemText !== undefined) checkLength('The system text', action.systemText);
  checkRange('temperature', action.temperature, 0, TEMPERATURE_MAX, false);
  checkRange('max_tokens', action.outputTokensMax, 1, OUTPUT_TOKENS_MAX, true);
  if (action.answerSchema !== undefined) checkJson('"answer_schema"', action.answerSchema);
  checkCount('files', action.files.length, FILES_MAX);
  return { ...action, files: action.files.map((file) => checkPath(file, home)) };
}

function checkKeyVariable(name: string): void {
  if (isModelVariable(name)) return;
  throw new Refusal(
    'invalid',
    `${quoted(name)} may not be used as a key. Name a variable of the daemon that ends in _API_KEY, or store the key as a secret and name that.`,
  );
}

function checkServer({ provider, baseUrl }: ModelAction): void {
  if (baseUrl !== undefined) return checkUrl(baseUrl);
  if (provider !== 'openai_compatible') return undefined;
  throw new Refusal(
    'invalid',
    'The provider "openai_compatible" needs "base_url": the address of the server, such as http://127.0.0.1:11434/v1.',
  );
}

function checkRange(
  name: string,
  value: number | undefined,
  from: number,
  to: number,
  isWhole: boolean,
): void {
  if (value === undefined) return;
  if (value >= from && value <= to && (!isWhole || Number.isSafeInteger(value))) return;
  throw new Refusal(
    'invalid',
    `"${name}" is ${value}. Write a ${isWhole ? 'whole ' : ''}number from ${from} to ${to}.`,
  );
}
