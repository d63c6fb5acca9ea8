import { ANSWER_CHARS_MAX, type Usage } from '../outcome.ts';
import type { Json } from '../json.ts';
import { costOf } from '../prices.ts';
import type { AgentFailure, AgentReader, AgentReport, AgentStart, Told } from './agent-report.ts';
import { countOf, recordOf, textOf } from './json-values.ts';
import { oneLine, parseLine, TRANSCRIPT_CHARS_MAX } from './parse-line.ts';
import { NO_USAGE, usageSince } from './tally.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads `codex exec --json`. Its figures come when a turn has ended, and are those of the whole thread:
 * what the runs before had come to is taken off. Commands that the sandbox stops are told to the model
 * alone, so most denials cannot be seen from here.
 */
export function readCodex(start: AgentStart): AgentReader {
  const calls = new Set<string>();
  const denials = new Set<string>();
  let readLines = 0;
  let unreadableLines = 0;
  let session: string | undefined;
  let text: string | undefined;
  let total: Usage | undefined;
  let turns = 0;
  let end: 'done' | 'failed' | undefined;
  let failure: string | undefined;
  /** Why it did not begin, which it says elsewhere. */
  let complaint: string | undefined;

  function line(printed: string): readonly Told[] {
    const event = parseLine(printed);
    if (event === undefined) {
      if (printed.trim() === '') return [];
      unreadableLines += 1;
      return [say(printed)];
    }
    readLines += 1;
    switch (event['type']) {
      case 'thread.started':
        session = textOf(event['thread_id']);
        return session === undefined ? [] : [{ kind: 'session', id: session }];
      case 'turn.started':
        turns += 1;
        return [];
      case 'item.started':
      case 'item.updated':
        return onItem(recordOf(event['item']), false);
      case 'item.completed':
        return onItem(recordOf(event['item']), true);
      case 'turn.completed':
        end = 'done';
        return onUsage(recordOf(event['usage']));
      case 'turn.failed':
        end = 'failed';
        failure = textOf(recordOf(event['error'])['message']) ?? failure ?? '';
        return [say(`[the turn failed] ${failure}`)];
      case 'error':
        failure = textOf(event['message']) ?? '';
        return [];
      default:
        return [];
    }
  }

  function errorLine(printed: string): void {
    if (printed.startsWith('Error: ')) complaint = printed.slice(0, TRANSCRIPT_CHARS_MAX);
  }

  function onItem(item: Fields, isComplete: boolean): readonly Told[] {
    switch (item['type']) {
      case 'agent_message':
        if (!isComplete) return [];
        text = textOf(item['text']);
        return text === undefined ? [] : [say(text)];
      case 'command_execution':
        return onCall(item, 'shell', oneLine(item['command']), isComplete);
      case 'mcp_tool_call': {
        const tool = `${oneLine(item['server'])}.${oneLine(item['tool'])}`;
        return onCall(item, tool, oneLine(item['arguments']), isComplete);
      }
      case 'file_change':
        return onCall(item, 'file_change', oneLine(item['changes']), isComplete);
      case 'web_search':
        return onCall(item, 'web_search', oneLine(item['query']), isComplete);
      case 'error':
        return isComplete ? [say(`[codex says] ${oneLine(item['message'])}`)] : [];
      default:
        return [];
    }
  }

  function onCall(item: Fields, tool: string, input: string, isComplete: boolean): readonly Told[] {
    const id = textOf(item['id']) ?? `unnamed ${calls.size}`;
    const isNew = !calls.has(id);
    calls.add(id);
    const isDenied = wasDenied(item) && !denials.has(`${id} ${tool}`);
    if (isDenied) denials.add(`${id} ${tool}`);
    const shown = tool === 'shell' ? `$ ${input}` : `[${tool}] ${input}`;
    return [
      ...(isNew
        ? [say(shown), { kind: 'tool_call', tool, isDenied: false, id, input } as const]
        : []),
      ...(isDenied
        ? [
            say(`[not permitted: ${tool}]`),
            { kind: 'tool_call', tool, isDenied: true, id } as const,
          ]
        : []),
      ...(isComplete ? [{ kind: 'tool_end', id } as const] : []),
    ];
  }

  function onUsage(figures: Fields): readonly Told[] {
    total = {
      inputTokens: countOf(figures['input_tokens']) ?? 0,
      outputTokens: countOf(figures['output_tokens']) ?? 0,
      cachedTokens: countOf(figures['cached_input_tokens']) ?? 0,
    };
    const usage = usageSince(total, start.baseline ?? NO_USAGE);
    const cost = costIn(usage);
    return [
      { kind: 'usage', ...usage },
      ...(cost === undefined ? [] : [{ kind: 'cost', usd: cost } as const]),
    ];
  }

  function costIn(usage: Usage): number | undefined {
    return start.model === undefined ? undefined : costOf(start.model, usage);
  }

  function report(): AgentReport {
    const usage = total === undefined ? undefined : usageSince(total, start.baseline ?? NO_USAGE);
    const costUsd = usage === undefined ? undefined : costIn(usage);
    const problem =
      end === 'done' ? undefined : (failure ?? (readLines === 0 ? complaint : undefined));
    return {
      text: (problem ?? text)?.slice(0, ANSWER_CHARS_MAX),
      data: dataIn(text),
      session: session ?? start.session,
      turns,
      usage,
      sessionUsage: total,
      sessionTokens: total === undefined ? undefined : total.inputTokens + total.outputTokens,
      costUsd,
      isCostEstimated: costUsd !== undefined,
      costByModel:
        costUsd === undefined || start.model === undefined ? {} : { [start.model]: costUsd },
      toolCalls: calls.size,
      denials: [...new Set([...denials].map((denial) => denial.slice(denial.indexOf(' ') + 1)))],
      terminalReason: end === undefined ? undefined : end === 'done' ? 'completed' : 'turn_failed',
      end,
      failure: problem === undefined ? undefined : failureOf(problem),
      unreadableLines,
      readLines,
    };
  }

  return { line, errorLine, end: () => [], report };
}

function say(text: string): Told {
  return { kind: 'say', text: text.slice(0, TRANSCRIPT_CHARS_MAX) };
}

/** A tool of an MCP server that wants a person is called off, since nobody is there to be asked. */
function wasDenied(item: Fields): boolean {
  if (item['status'] === 'declined') return true;
  const error = textOf(recordOf(item['error'])['message']) ?? '';
  return item['type'] === 'mcp_tool_call' && /user cancelled|not approved|rejected by/i.test(error);
}

/** With a schema the last message is the object. */
function dataIn(text: string | undefined): Json | undefined {
  const value = text === undefined ? undefined : parseLine(text);
  return value as Json | undefined;
}

function failureOf(text: string): AgentFailure {
  return { kind: kindOf(text), text, resetAt: undefined };
}

function kindOf(text: string): AgentFailure['kind'] {
  if (/usage limit|status:? 429|too many requests|rate limit/i.test(text)) return 'usage_limit';
  if (/overloaded|at capacity|status:? (?:529|503)/i.test(text)) return 'overloaded';
  if (/status:? 40[13]|unauthorized|not logged in|log in/i.test(text)) return 'not_logged_in';
  if (/no rollout found|thread not found|session .*not found/i.test(text)) return 'session_gone';
  return 'other';
}
