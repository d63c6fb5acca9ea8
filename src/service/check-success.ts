import type { Action } from '../domain/action.ts';
import type { Policies } from '../domain/policies.ts';
import { Refusal } from '../domain/refusal.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import { REPLY_CHARS_MAX } from '../domain/success/question.ts';
import {
  USUAL_ASK_POLICY,
  type AskPolicy,
  type SuccessPolicy,
} from '../domain/success/success-policy.ts';
import { checkProgram } from './check-command.ts';
import { checkCount, checkLength, checkUrl, checkWord } from './check-values.ts';

const PATHS_MAX = 20;
const PATH_CHARS_MAX = 1_024;
const URLS_MAX = 10;
const COUNT_MAX = 10_000_000;
const USD_MAX = 10_000;
const ASK_MS_MIN = 1_000;
const ASK_MS_MAX = 30 * 24 * 60 * 60_000;

/** Whether it asks for no more than is asked of every run. */
export function isNoPolicy(policy: SuccessPolicy): boolean {
  const { verdict, allowsDenials, filesChanged, urls, command } = policy;
  return (
    !verdict &&
    !allowsDenials &&
    command === undefined &&
    filesChanged.length + urls.length === 0 &&
    boundsOf(policy).every(([, min]) => min === undefined)
  );
}

export function checkSuccess(policy: SuccessPolicy): SuccessPolicy {
  checkCount('paths in "success.file_changed"', policy.filesChanged.length, PATHS_MAX);
  for (const path of policy.filesChanged) {
    checkWord('A path in "success.file_changed"', path, PATH_CHARS_MAX);
  }
  checkCount('addresses in "success.url"', policy.urls.length, URLS_MAX);
  for (const url of policy.urls) checkUrl(url);
  for (const [name, min, max] of boundsOf(policy)) checkMin(name, min, max);
  if (policy.command !== undefined) checkProgram(policy.command);
  return policy;
}

function boundsOf(policy: SuccessPolicy) {
  return [
    ['tool_calls', policy.toolCallsMin, COUNT_MAX],
    ['chars', policy.charsMin, COUNT_MAX],
    ['tokens', policy.tokensMin, COUNT_MAX],
    ['usd', policy.usdMin, USD_MAX],
  ] as const;
}

function checkMin(name: string, min: number | undefined, max: number): void {
  if (min === undefined || (min > 0 && min <= max)) return;
  throw new Refusal(
    'invalid',
    `"success.${name}" is ${min}. Write a number above 0, up to ${max}.`,
  );
}

export function checkAsk(given: Partial<AskPolicy>): AskPolicy {
  const ask: AskPolicy = { ...USUAL_ASK_POLICY, ...given };
  if (ask.byDefault !== undefined) {
    checkLength('The default answer', ask.byDefault, REPLY_CHARS_MAX);
  }
  if (ask.deadlineMs >= ASK_MS_MIN && ask.deadlineMs <= ASK_MS_MAX) {
    // An empty default takes an earlier one away.
    return ask.byDefault === '' ? { ...ask, byDefault: undefined } : ask;
  }
  throw new Refusal(
    'invalid',
    `"ask.deadline" is ${formatDurationMs(ask.deadlineMs)}; it must be from 1s to ${formatDurationMs(ASK_MS_MAX)}.`,
  );
}

/** Refuses a contract that runs of this action can never meet. */
export function requireFit(action: Action, { success }: Policies): void {
  if (success === undefined) return;
  if (action.kind !== 'agent' && action.kind !== 'model') {
    throw new Refusal(
      'invalid',
      `"success" is for agents and models; a ${action.kind} tells by itself whether it succeeded.`,
      'Leave "success" out, or write "success": {} to remove it.',
    );
  }
  const { answerSchema } = action;
  if (!success.verdict || answerSchema === undefined || hasVerdict(answerSchema)) return;
  throw new Refusal(
    'invalid',
    'The answer must follow the schema of the task, which has no place for a verdict. Add the properties "verdict" and "summary" to it, or leave the verdict out.',
  );
}

function hasVerdict(schema: object): boolean {
  const properties = 'properties' in schema ? schema.properties : undefined;
  return typeof properties === 'object' && properties !== null && 'verdict' in properties;
}
