import { actionBody, folderOf, type ActionFlags } from './action-body.ts';
import { usageFailure } from './cli-failure.ts';
import type { Context } from './context.ts';
import { compact, jsonObject, wholeNumber } from './read-flags.ts';

/** The flags that say what a task is, as typed. */
export type DefinitionFlags = ActionFlags & {
  readonly when?: string;
  readonly zone?: string;
  readonly description?: string;
  readonly timeout?: string;
  readonly deadline?: string;
  readonly retries?: string;
  readonly backoff?: string;
  readonly overlap?: string;
  readonly concurrency?: string;
  readonly catchUp?: string;
  readonly catchUpWindow?: string;
  readonly jitter?: string;
  readonly from?: string;
  readonly until?: string;
  readonly runs?: string;
  readonly untilSuccess?: boolean;
  readonly exclude?: readonly string[];
  readonly blackout?: readonly string[];
  readonly priority?: string;
  readonly verdict?: boolean;
  readonly checkFile?: readonly string[];
  readonly checkUrl?: readonly string[];
  readonly checkShell?: string;
  readonly checkTools?: string;
  readonly checkChars?: string;
  readonly checkTokens?: string;
  readonly checkUsd?: string;
  readonly allowDenials?: boolean;
  readonly askDeadline?: string;
  readonly askDefault?: string;
  readonly tag?: readonly string[];
  readonly budget?: readonly string[];
  readonly onLimit?: string;
  readonly alert?: readonly string[];
  readonly alertBy?: readonly string[];
  readonly after?: string | false;
  readonly afterOutcome?: readonly string[];
  readonly gate?: readonly string[] | false;
  readonly gateError?: string;
  readonly compare?: string;
  readonly comparePath?: string;
  readonly compareIdentity?: string;
};

type Body = Record<string, unknown>;

/** What the API wants for these flags; only what was typed is in it. */
export async function taskBody(
  flags: DefinitionFlags,
  argv: readonly string[],
  context: Context,
): Promise<Body> {
  const action = await actionBody(flags, argv, context);
  return compact({
    when: flags.when,
    timezone: flags.zone,
    after: afterBody(flags),
    description: flags.description,
    action,
    timeout: flags.timeout,
    deadline: flags.deadline,
    retry: retryBody(flags),
    overlap: flags.overlap,
    concurrency: numberOf('--concurrency', flags.concurrency),
    catch_up: flags.catchUp,
    catch_up_window: flags.catchUpWindow,
    jitter: flags.jitter,
    start: flags.from,
    end: flags.until,
    runs_max: numberOf('--runs', flags.runs),
    ends_after_success: flags.untilSuccess,
    exclude: flags.exclude,
    blackouts: flags.blackout,
    gates: flags.gate === false ? [] : flags.gate?.map((text) => gateBody(text, context)),
    gate_error: flags.gateError,
    compare: compareBody(flags),
    priority: numberOf('--priority', flags.priority),
    success: unlessEmpty(successBody(flags)),
    ask: unlessEmpty({ deadline: flags.askDeadline, default: flags.askDefault }),
    tags: flags.tag,
    budget: budgetBody(flags),
    alerts: alertsBody(flags),
  });
}

function afterBody({ after, afterOutcome }: DefinitionFlags): Body | undefined {
  if (after === false) return {};
  if (after === undefined && afterOutcome === undefined) return undefined;
  return compact({ task: after, outcomes: afterOutcome });
}

/** `files:/etc/*.conf` and the like; what they cannot say is written as JSON. */
function gateBody(text: string, context: Context): unknown {
  const [, kind, what = ''] = /^(url|files|git|command):(.+)$/s.exec(text) ?? [];
  switch (kind) {
    case 'url':
      return { kind: 'http', url: what };
    case 'files':
      return { kind, pattern: folderOf(what, context) };
    case 'git':
      return { kind, directory: folderOf(what, context) };
    case 'command':
      return { kind, argv: ['/bin/sh', '-c', what], watch: 'exit_code' };
    case undefined:
    default:
      return jsonObject('--gate', text);
  }
}

function compareBody(flags: DefinitionFlags): Body | undefined {
  const { compare: by, comparePath: path, compareIdentity: identity } = flags;
  if (by === undefined && path === undefined && identity === undefined) return undefined;
  return compact({ by, path, identity });
}

function retryBody(flags: DefinitionFlags): Body | undefined {
  if (flags.retries === undefined && flags.backoff === undefined) return undefined;
  const retries = numberOf('--retries', flags.retries);
  return compact({
    attempts: retries === undefined ? undefined : retries + 1,
    backoff: flags.backoff,
  });
}

/** Bounds such as `2usd/day`; what is typed replaces the whole budget, and `none` removes it. */
function budgetBody({ budget, onLimit }: DefinitionFlags): Body | undefined {
  if (budget === undefined) {
    if (onLimit === undefined) return undefined;
    throw usageFailure('--on-limit says what happens at a budget: write --budget too.');
  }
  if (budget.length === 1 && budget[0] === 'none') return {};
  return compact({ ...Object.fromEntries(budget.map(boundOf)), on_limit: onLimit });
}

const BOUND = /^(\d+(?:\.\d+)?) ?(usd|tokens)\/(run|day|month)$/i;

function boundOf(text: string): readonly [string, number] {
  const [, amount, measure, period] = BOUND.exec(text.trim()) ?? [];
  if (measure === undefined || period === undefined) {
    throw usageFailure(
      `--budget must be a bound, and "${text}" is none.`,
      'Write an amount in usd or tokens for a run, day or month, such as 2usd/day or 200000tokens/run.',
    );
  }
  return [`${measure}_per_${period}`.toLowerCase(), Number(amount)];
}

function successBody(flags: DefinitionFlags): Body {
  return {
    verdict: flags.verdict,
    file_changed: flags.checkFile,
    url: flags.checkUrl,
    command: flags.checkShell,
    tool_calls: numberOf('--check-tools', flags.checkTools),
    chars: numberOf('--check-chars', flags.checkChars),
    tokens: numberOf('--check-tokens', flags.checkTokens),
    usd: flags.checkUsd === undefined ? undefined : dollars('--check-usd', flags.checkUsd),
    allow_denials: flags.allowDenials,
  };
}

function dollars(flag: string, text: string): number {
  const amount = Number(text.replace(/^\$/, ''));
  if (Number.isFinite(amount) && amount > 0) return amount;
  throw usageFailure(`${flag} must be an amount such as 0.05, and "${text}" is none.`);
}

function unlessEmpty(body: Body): Body | undefined {
  const some = compact(body);
  return Object.keys(some).length === 0 ? undefined : some;
}

function alertsBody({ alert, alertBy }: DefinitionFlags): Body | undefined {
  if (alert === undefined && alertBy === undefined) return undefined;
  return compact({ on: alert, channels: alertBy });
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(flag, text);
}
