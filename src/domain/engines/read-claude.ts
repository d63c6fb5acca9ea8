import { ANSWER_CHARS_MAX, type Usage } from '../outcome.ts';
import type { Json } from '../json.ts';
import type {
  AgentFailure,
  AgentReader,
  AgentReport,
  AgentStart,
  FailureKind,
  Told,
} from './agent-report.ts';
import { amountOf, countOf, isRecord, listOf, recordOf, textOf } from './json-values.ts';
import { oneLine, parseLine, TRANSCRIPT_CHARS_MAX } from './parse-line.ts';
import { addUsage, NO_USAGE, sumOf, Tally } from './tally.ts';

/** About as many characters make a token, in English; fewer in code: too few are counted, not too many. */
const CHARS_PER_TOKEN = 4;

/** Estimated tokens that go by before the meter is told again. */
const TOKENS_PER_TELLING = 32;

const DENIALS_MAX = 100;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads `--output-format stream-json` of Claude Code: the init line, messages whole and in pieces, and
 * the result. The figures of a message are final only with its end, so those of the one that is being
 * written are estimated from its pieces.
 */
export function readClaude(start: AgentStart): AgentReader {
  const tally = new Tally();
  const tools = new Set<string>();
  const denials: string[] = [];
  let readLines = 0;
  let unreadableLines = 0;
  let session: string | undefined;
  let model = start.model;
  let lastText: string | undefined;
  let contextTokens: number | undefined;
  let limitEndsAt: Temporal.Instant | undefined;
  let retriedStatus: number | undefined;
  let result: Fields | undefined;
  /** The result lines taken together: a background task that ends later makes another one. */
  let told: { usage: Usage; costs: Record<string, number>; turns: number } | undefined;
  /** The message that is being written. */
  let open:
    | { id: string; model: string | undefined; usage: Usage; chars: number; told: number }
    | undefined;

  function line(text: string): readonly Told[] {
    const event = parseLine(text);
    if (event === undefined) {
      if (text.trim() === '') return [];
      unreadableLines += 1;
      return [{ kind: 'say', text: text.slice(0, TRANSCRIPT_CHARS_MAX) }];
    }
    readLines += 1;
    const isSubagent = typeof event['parent_tool_use_id'] === 'string';
    return [...onSession(event), ...onEvent(event, isSubagent)];
  }

  function onSession(event: Fields): readonly Told[] {
    const id = textOf(event['session_id']);
    if (id === undefined || id === session) return [];
    session = id;
    return [{ kind: 'session', id }];
  }

  function onEvent(event: Fields, isSubagent: boolean): readonly Told[] {
    switch (event['type']) {
      case 'system':
        return onSystem(event);
      case 'stream_event':
        return onPiece(recordOf(event['event']), isSubagent);
      case 'assistant':
        return onMessage(recordOf(event['message']), isSubagent);
      case 'user':
        return onToolAnswers(recordOf(event['message']));
      case 'rate_limit_event':
        return onRateLimit(recordOf(event['rate_limit_info']));
      case 'result':
        return onResult(event);
      default:
        return [];
    }
  }

  function onSystem(event: Fields): readonly Told[] {
    switch (event['subtype']) {
      case 'init':
        model = textOf(event['model']) ?? model;
        return listOf(event['mcp_servers'])
          .map(recordOf)
          .filter((server) => server['status'] === 'failed')
          .map((server) => say(`[the MCP server ${oneLine(server['name'])} did not start]`));
      case 'permission_denied':
        return onDenial(textOf(event['tool_name']) ?? 'a tool', textOf(event['tool_use_id']));
      case 'api_retry':
        retriedStatus = countOf(event['error_status']);
        return [
          say(`[the model's server answered ${retriedStatus ?? 'with an error'}; trying again]`),
        ];
      default:
        return [];
    }
  }

  function onDenial(tool: string, id: string | undefined): readonly Told[] {
    if (denials.length < DENIALS_MAX) denials.push(tool);
    const named = id === undefined ? {} : { id };
    return [
      say(`[not permitted: ${oneLine(tool)}]`),
      { kind: 'tool_call', tool, isDenied: true, ...named },
    ];
  }

  function onPiece(event: Fields, isSubagent: boolean): readonly Told[] {
    switch (event['type']) {
      case 'message_start': {
        const message = recordOf(event['message']);
        open = {
          id: textOf(message['id']) ?? 'unnamed',
          model: textOf(message['model']) ?? model,
          usage: { ...usageOf(message['usage']), outputTokens: 0 },
          chars: 0,
          told: 0,
        };
        if (!isSubagent) contextTokens = open.usage.inputTokens;
        return meter();
      }
      case 'content_block_delta': {
        if (open === undefined) return [];
        const delta = recordOf(event['delta']);
        const piece = delta['text'] ?? delta['thinking'] ?? delta['partial_json'];
        open.chars += textOf(piece)?.length ?? 0;
        const estimated = Math.floor(open.chars / CHARS_PER_TOKEN);
        if (estimated - open.told < TOKENS_PER_TELLING) return [];
        open.told = estimated;
        open.usage = { ...open.usage, outputTokens: estimated };
        return meter();
      }
      case 'message_delta': {
        if (open === undefined) return [];
        const final = countOf(recordOf(event['usage'])['output_tokens']);
        if (final === undefined) return [];
        open.usage = { ...open.usage, outputTokens: final };
        if (!isSubagent) contextTokens = open.usage.inputTokens + final;
        return meter();
      }
      default:
        return [];
    }
  }

  function meter(): readonly Told[] {
    if (open !== undefined) tally.set(open.id, open.model, open.usage);
    const costs = tally.costByModel;
    return [
      { kind: 'usage', ...tally.usage },
      ...(costs === undefined ? [] : [{ kind: 'cost', usd: sumOf(costs) } as const]),
    ];
  }

  function onMessage(message: Fields, isSubagent: boolean): readonly Told[] {
    const isSynthetic = message['model'] === '<synthetic>';
    const lines: Told[] = [];
    for (const block of listOf(message['content']).map(recordOf)) {
      const text = textOf(block['text']);
      if (block['type'] === 'text' && text !== undefined) {
        if (!isSubagent) lastText = text;
        lines.push(say(isSubagent ? `  ${text}` : text));
      } else if (block['type'] === 'tool_use') {
        lines.push(...onToolCall(block, isSubagent));
      }
    }
    const id = textOf(message['id']);
    // Subagents are not told in pieces.
    if (id !== undefined && !isSynthetic && id !== open?.id && message['usage'] !== undefined) {
      tally.set(id, textOf(message['model']) ?? model, usageOf(message['usage']));
      lines.push(...meter());
    }
    return lines;
  }

  function onToolCall(block: Fields, isSubagent: boolean): readonly Told[] {
    const id = textOf(block['id']) ?? `unnamed ${tools.size}`;
    if (tools.has(id)) return [];
    tools.add(id);
    const tool = textOf(block['name']) ?? 'a tool';
    const input = oneLine(JSON.stringify(block['input'] ?? {}));
    const call = `[${oneLine(tool)}] ${input}`;
    return [
      say(isSubagent ? `  ${call}` : call),
      { kind: 'tool_call', tool, isDenied: false, id, input },
    ];
  }

  function onToolAnswers(message: Fields): readonly Told[] {
    return listOf(message['content'])
      .map(recordOf)
      .filter((block) => block['type'] === 'tool_result')
      .flatMap((block): readonly Told[] => {
        const id = textOf(block['tool_use_id']);
        return [
          ...(block['is_error'] === true
            ? [say(`[the tool answered with an error] ${oneLine(block['content'])}`)]
            : []),
          ...(id === undefined ? [] : [{ kind: 'tool_end', id } as const]),
        ];
      });
  }

  function onRateLimit(info: Fields): readonly Told[] {
    const seconds = countOf(info['resetsAt']);
    if (info['status'] !== 'rejected' || seconds === undefined) return [];
    limitEndsAt = Temporal.Instant.fromEpochMilliseconds(
      Math.min(seconds, EPOCH_SECONDS_MAX) * 1000,
    );
    return [];
  }

  function onResult(event: Fields): readonly Told[] {
    result = event;
    const figures = figuresOf(event);
    const before = told ?? { usage: NO_USAGE, costs: {}, turns: 0 };
    told = {
      usage: addUsage(before.usage, figures.usage),
      costs: mergeCosts(before.costs, figures.costs),
      turns: before.turns + (countOf(event['num_turns']) ?? 0),
    };
    return [
      { kind: 'usage', ...told.usage },
      { kind: 'cost', usd: sumOf(told.costs) },
    ];
  }

  function report(): AgentReport {
    const known = told?.costs ?? tally.costByModel;
    const usage = told?.usage ?? (tally.isEmpty ? undefined : tally.usage);
    const denied = listOf(result?.['permission_denials']).map(
      (denial) => textOf(recordOf(denial)['tool_name']) ?? 'a tool',
    );
    const failure = failureOf(result, limitEndsAt, retriedStatus);
    const text = textOf(result?.['result']) ?? errorsOf(result) ?? lastText;
    const isDone = result?.['is_error'] === false && result['subtype'] === 'success';
    return {
      text: text?.slice(0, ANSWER_CHARS_MAX),
      data: result?.['structured_output'] as Json | undefined,
      session: session ?? start.session,
      turns: told?.turns,
      usage,
      sessionUsage: undefined,
      sessionTokens: contextTokens,
      costUsd: known === undefined || usage === undefined ? undefined : sumOf(known),
      isCostEstimated: told === undefined,
      costByModel: known ?? {},
      toolCalls: tools.size,
      denials: [...new Set([...denials, ...denied])].slice(0, DENIALS_MAX),
      terminalReason: textOf(result?.['terminal_reason']) ?? textOf(result?.['subtype']),
      end: result === undefined ? undefined : isDone ? 'done' : 'failed',
      failure,
      unreadableLines,
      readLines,
    };
  }

  return { line, errorLine: () => {}, end: () => [], report };
}

const EPOCH_SECONDS_MAX = 8_000_000_000;

function say(text: string): Told {
  return { kind: 'say', text: text.slice(0, TRANSCRIPT_CHARS_MAX) };
}

/** Input that was read from a cache, or written to one, is told apart from the rest. */
function usageOf(value: unknown): Usage {
  const usage = recordOf(value);
  const cachedTokens = countOf(usage['cache_read_input_tokens']) ?? 0;
  const written = countOf(usage['cache_creation_input_tokens']) ?? 0;
  return {
    inputTokens: (countOf(usage['input_tokens']) ?? 0) + cachedTokens + written,
    outputTokens: countOf(usage['output_tokens']) ?? 0,
    cachedTokens,
  };
}

/**
 * What a result line says of this run. `total_cost_usd` and `modelUsage` of a resumed session are of all
 * its runs together, so the figures since the last result are taken where there are any.
 */
function figuresOf(event: Fields): { usage: Usage; costs: Record<string, number> } {
  const recent = event['model_usage_since_last_result'];
  if (!isRecord(recent)) {
    const cost = amountOf(event['total_cost_usd']);
    const models = Object.entries(recordOf(event['modelUsage']));
    const costs = models.map(([model, usage]) => [
      model,
      amountOf(recordOf(usage)['costUSD']) ?? 0,
    ]);
    return {
      usage: usageOf(event['usage']),
      costs: models.length > 0 ? Object.fromEntries(costs) : { 'all models': cost ?? 0 },
    };
  }
  let usage = NO_USAGE;
  const costs: Record<string, number> = {};
  for (const [model, value] of Object.entries(recent)) {
    const figures = recordOf(value);
    const cachedTokens = countOf(figures['cacheReadInputTokens']) ?? 0;
    const written = countOf(figures['cacheCreationInputTokens']) ?? 0;
    usage = addUsage(usage, {
      inputTokens: (countOf(figures['inputTokens']) ?? 0) + cachedTokens + written,
      outputTokens: countOf(figures['outputTokens']) ?? 0,
      cachedTokens,
    });
    costs[model] = amountOf(figures['costUSD']) ?? 0;
  }
  return { usage, costs };
}

function mergeCosts(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const merged: Record<string, number> = { ...one };
  for (const [model, cost] of Object.entries(other)) merged[model] = (merged[model] ?? 0) + cost;
  return merged;
}

function errorsOf(result: Fields | undefined): string | undefined {
  const errors = listOf(result?.['errors']).flatMap((error) => textOf(error) ?? []);
  return errors.length === 0 ? undefined : errors.join('\n');
}

function failureOf(
  result: Fields | undefined,
  limitEndsAt: Temporal.Instant | undefined,
  retriedStatus: number | undefined,
): AgentFailure | undefined {
  if (result === undefined) {
    // It was ended, or gave up, while it was being refused.
    return retriedStatus === undefined
      ? undefined
      : { kind: kindOfStatus(retriedStatus), text: '', resetAt: limitEndsAt };
  }
  if (result['is_error'] === false && result['subtype'] === 'success') return undefined;
  const text = errorsOf(result) ?? textOf(result['result']) ?? '';
  return { kind: kindOf(result, text), text, resetAt: limitEndsAt };
}

function kindOf(result: Fields, text: string): FailureKind {
  if (result['subtype'] === 'error_max_budget_usd') return 'budget';
  if (text.startsWith('No conversation found with session ID')) return 'session_gone';
  const status = countOf(result['api_error_status']);
  if (status !== undefined) return kindOfStatus(status);
  if (
    /^Not logged in|Please run \/login|^Invalid API key|OAuth token (?:has )?expired/i.test(text)
  ) {
    return 'not_logged_in';
  }
  if (/usage limit reached|you've hit your .*limit|limit reached.*resets/i.test(text)) {
    return 'usage_limit';
  }
  return 'other';
}

function kindOfStatus(status: number): FailureKind {
  if (status === 429) return 'usage_limit';
  if (status === 529 || status === 503) return 'overloaded';
  return status === 401 || status === 403 ? 'not_logged_in' : 'other';
}
