import type { FilePart, LanguageModel, ModelMessage, OutputInterface, TextPart } from 'ai';
import type { ModelAction } from '../../domain/action.ts';
import { costOf } from '../../domain/prices.ts';
import { maskText } from '../../domain/masking/masker.ts';
import type { Answer, FailureReason, Outcome, RunResult, Usage } from '../../domain/outcome.ts';
import { withVerdictInstruction } from '../../domain/success/verdict.ts';
import type { Egress } from '../../egress/egress.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Execution, Executor, Sink } from '../../ports/executor.ts';
import type { Log } from '../../ports/log.ts';
import { answerReader, type AnswerReader } from './answer-schema.ts';
import { egressFetch, type Exchange } from './egress-fetch.ts';
import { followAnswer, type FollowedAnswer } from './follow-answer.ts';
import { judgeAnswer } from './judge-answer.ts';
import { countLive } from './live-usage.ts';
import { findKey, secretTextsOf, type ModelKey } from './model-key.ts';
import { openModel } from './open-model.ts';
import { readFiles } from './read-files.ts';

export type ModelExecutorOptions = {
  readonly egress: Egress;
  /** The environment of the daemon, in which keys and AWS's own variables are looked for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
};

/** Carries out one prompt to a model. Its libraries are loaded with the first one. */
export function modelExecutor(options: ModelExecutorOptions): Executor<ModelAction> {
  return {
    kind: 'model',
    execute: (execution, sink, signal) => execute(options, execution, sink, signal),
  };
}

async function execute(
  options: ModelExecutorOptions,
  execution: Execution<ModelAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> {
  const startedMs = options.clock.monotonicMs();
  const prepared = await prepare(options, execution, signal);
  if (prepared.kind === 'refused') {
    const { reason, message } = prepared;
    const result = resultOf(options, startedMs, sink, undefined, undefined);
    return { kind: 'failed', reason, message, retryable: false, result };
  }
  const { action } = execution;
  const { key, exchange } = prepared;
  const secrets = secretTextsOf(key);
  const promptChars = action.prompt.length + (action.systemText?.length ?? 0);
  const live = countLive(action.model, promptChars, sink);
  const answer = await followAnswer(await opener(prepared, signal), sink, live, secrets);
  const kept = [...secrets, ...execution.grants.values()];
  const wasSent = exchange.head !== undefined && isSuccess(exchange.head.status);
  const told = answerOf(action.model, answer, wasSent ? live.usage : undefined, kept);
  const result = resultOf(options, startedMs, sink, exchange, told);
  return judge(options, execution, { prepared, answer, told, result, sink, signal });
}

type Prepared = {
  readonly kind: 'prepared';
  readonly execution: Execution<ModelAction>;
  readonly key: Exclude<ModelKey, { kind: 'missing' }>;
  readonly model: LanguageModel;
  readonly exchange: Exchange;
  readonly parts: readonly (FilePart | TextPart)[];
  readonly reader: Extract<AnswerReader, { kind: 'reader' }> | undefined;
};

type Refused = {
  readonly kind: 'refused';
  readonly reason: FailureReason;
  readonly message: string;
};

/** Everything that can go wrong without anything being sent. */
async function prepare(
  options: ModelExecutorOptions,
  execution: Execution<ModelAction>,
  signal: AbortSignal,
): Promise<Prepared | Refused> {
  const { action, grants } = execution;
  const key = findKey(action, grants, options.environment);
  if (key.kind === 'missing') return refused('secret_missing', key.message);
  const reader = action.answerSchema === undefined ? undefined : answerReader(action.answerSchema);
  if (reader?.kind === 'bad_schema') {
    return refused(
      'bad_action',
      "The task's schema for the answer is not one that can be checked. Write plain JSON Schema.",
    );
  }
  const files = await readFiles(action.files);
  if (files.kind === 'refused') return refused('bad_action', files.message);
  const exchange: Exchange = { head: undefined, failure: undefined };
  const fetch = egressFetch(options.egress, exchange, signal, key.kind === 'none');
  const opened = await openModel(action, key, options.environment, fetch);
  if (opened.kind === 'refused') return refused('bad_action', opened.message);
  const { model } = opened;
  const { parts } = files;
  return { kind: 'prepared', execution, key, model, exchange, parts, reader };
}

function refused(reason: FailureReason, message: string): Refused {
  return { kind: 'refused', reason, message };
}

/** The call of the library: one request, without its own retries, tools or telemetry. */
async function opener(prepared: Prepared, signal: AbortSignal) {
  const { streamText } = await import('ai');
  // Its warnings would go to the daemon's standard error with names from outside in them.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const { action, caps } = prepared.execution;
  const messages = messagesOf(prepared);
  return () =>
    streamText({
      model: prepared.model,
      messages,
      ...(action.systemText === undefined ? {} : { instructions: action.systemText }),
      ...(action.temperature === undefined ? {} : { temperature: action.temperature }),
      ...(action.outputTokensMax === undefined
        ? {}
        : {
            maxOutputTokens: Math.max(
              1,
              Math.min(action.outputTokensMax, caps?.tokens ?? Infinity),
            ),
          }),
      ...(action.answerSchema === undefined ? {} : { output: jsonOutput(action.answerSchema) }),
      // Schemas that people write seldom keep to the subset that the strict mode demands.
      providerOptions: { openai: { strictJsonSchema: false } },
      maxRetries: 0,
      abortSignal: signal,
      include: { rawChunks: true },
      onError: () => {},
    }).stream;
}

/** The prompt with its files, then what was answered and what a person said to that. */
function messagesOf({ execution, parts }: Prepared): ModelMessage[] {
  const { action, turns = [], wantsVerdict = false } = execution;
  const instructs = wantsVerdict && action.answerSchema === undefined;
  const text = instructs ? withVerdictInstruction(action.prompt) : action.prompt;
  return [
    { role: 'user', content: [...parts, { type: 'text', text }] },
    ...turns.flatMap(({ answer, reply }): ModelMessage[] => [
      { role: 'assistant', content: answer.text ?? '' },
      { role: 'user', content: instructs ? withVerdictInstruction(reply) : reply },
    ]),
  ];
}

/** Asks for JSON, and leaves reading it to us: the library would parse all of it again for each piece. */
function jsonOutput(schema: NonNullable<ModelAction['answerSchema']>): OutputInterface {
  return {
    name: 'json',
    responseFormat: Promise.resolve({ type: 'json', schema: { ...schema } }),
    parseCompleteOutput: ({ text }) => Promise.resolve(text),
    parsePartialOutput: () => Promise.resolve(undefined),
    createElementStreamTransform: () => undefined,
  };
}

type Followed = {
  readonly prepared: Prepared;
  readonly answer: FollowedAnswer;
  readonly told: Answer;
  readonly result: RunResult;
  readonly sink: Sink;
  readonly signal: AbortSignal;
};

function judge(
  options: ModelExecutorOptions,
  execution: Execution<ModelAction>,
  { prepared, answer, told, result, sink, signal }: Followed,
): Outcome {
  const verdict = judgeAnswer(prepared.exchange, answer, options.clock.now());
  if (verdict.kind === 'answered') return judgeData(prepared, answer, told, result);
  if (signal.aborted) {
    return { kind: 'cancelled', message: 'The call of the model was ended.', result };
  }
  if (verdict.kind === 'timed_out') {
    return { kind: 'timed_out', message: 'The model did not answer within the timeout.', result };
  }
  const secrets = [...secretTextsOf(prepared.key), ...execution.grants.values()];
  writeReason(answer.error, sink, secrets);
  const { reason } = verdict;
  options.log.info('A model attempt failed.', { run: execution.run.id, reason });
  return { ...verdict, result: { ...result, outputBytes: sink.bytes } };
}

function judgeData(
  { reader }: Prepared,
  answer: FollowedAnswer,
  told: Answer,
  result: RunResult,
): Outcome {
  if (reader === undefined) return { kind: 'succeeded', result };
  const read = answer.isCut ? undefined : reader.read(answer.text);
  if (read?.kind === 'data') {
    return { kind: 'succeeded', result: { ...result, answer: { ...told, data: read.data } } };
  }
  const message =
    read === undefined
      ? 'The answer is too long to be read as JSON.'
      : answer.finish?.reason === 'length'
        ? 'The answer was cut at the most tokens it may have, so its JSON is incomplete. Allow more of them.'
        : read.kind === 'not_json'
          ? 'The model did not answer with JSON, which the task asks for.'
          : "The model's JSON does not follow the schema of the task.";
  return { kind: 'failed', reason: 'bad_answer', message, retryable: true, result };
}

const REASON_CHARS_MAX = 4_096;

/** What the server said about its refusal goes where text from outside goes: to the output. */
function writeReason(error: unknown, sink: Sink, secrets: readonly string[]): void {
  const body =
    typeof error === 'object' && error !== null && 'responseBody' in error
      ? error.responseBody
      : error instanceof Error
        ? error.message
        : undefined;
  if (typeof body !== 'string' || body === '') return;
  const text = maskText(body, secrets).slice(0, REASON_CHARS_MAX);
  sink.write('stderr', new TextEncoder().encode(`${text}\n`));
}

function answerOf(
  model: string,
  answer: FollowedAnswer,
  usage: Usage | undefined,
  secrets: readonly string[],
): Answer {
  const costUsd = usage === undefined ? undefined : costOf(model, usage);
  return {
    text: answer.text === '' ? undefined : maskText(answer.text, secrets),
    data: undefined,
    session: undefined,
    turns: usage === undefined ? undefined : 1,
    usage,
    costUsd,
    isCostEstimated: costUsd !== undefined,
    costByModel: costUsd === undefined ? {} : { [model]: costUsd },
    toolCalls: 0,
    denials: [],
    terminalReason: answer.finish?.reason,
  };
}

function resultOf(
  options: ModelExecutorOptions,
  startedMs: number,
  sink: Sink,
  exchange: Exchange | undefined,
  answer: Answer | undefined,
): RunResult {
  return {
    exitCode: undefined,
    signal: undefined,
    httpStatus: exchange?.head?.status,
    httpHeaders: undefined,
    durationMs: Math.round(options.clock.monotonicMs() - startedMs),
    outputBytes: sink.bytes,
    outputIsCut: sink.isCut,
    ...(answer === undefined ? {} : { answer }),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}
