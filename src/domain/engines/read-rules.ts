import type { Json } from '../json.ts';
import { ANSWER_CHARS_MAX, type Usage } from '../outcome.ts';
import { costOf } from '../prices.ts';
import type { AgentReader, AgentReport, AgentStart, Told } from './agent-report.ts';
import type { EngineOutput, FieldPath, ReadingRule } from './engine-definition.ts';
import { amountOf, countOf, isRecord, textOf, valueAt } from './json-values.ts';
import { oneLine, parseLine, TRANSCRIPT_CHARS_MAX } from './parse-line.ts';
import { addUsage, NO_USAGE, usageSince } from './tally.ts';
import { kindOfText } from './usage-limit.ts';

/** One object over many lines is collected up to this length. */
const OBJECT_CHARS_MAX = 4 * 1024 * 1024;

/** Reads what an engine prints by the rules of its table, or as the answer itself. */
export function readByRules(
  output: Extract<EngineOutput, { kind: 'text' | 'json' | 'json_lines' }>,
  start: AgentStart,
): AgentReader {
  const rules = output.kind === 'text' ? [] : output.rules;
  let readLines = 0;
  let unreadableLines = 0;
  let collected = '';
  let result: string | undefined;
  let data: Json | undefined;
  let session: string | undefined;
  let turns: number | undefined;
  let model = start.model;
  let figures: Usage | undefined;
  let cost: number | undefined;
  let toolCalls = 0;
  let hasEnded = false;
  let failure: string | undefined;

  function line(text: string): readonly Told[] {
    if (output.kind === 'text') {
      readLines += 1;
      result = `${result === undefined ? '' : `${result}\n`}${text}`.slice(0, ANSWER_CHARS_MAX);
      return [{ kind: 'say', text }];
    }
    if (output.kind === 'json') {
      collected = `${collected}${text}\n`.slice(0, OBJECT_CHARS_MAX);
      return [];
    }
    const event = parseLine(text);
    if (event === undefined) {
      if (text.trim() === '') return [];
      unreadableLines += 1;
      return [{ kind: 'say', text: text.slice(0, TRANSCRIPT_CHARS_MAX) }];
    }
    readLines += 1;
    return rules.filter((rule) => speaksOf(rule, event)).flatMap((rule) => apply(rule, event));
  }

  function apply(rule: ReadingRule, event: unknown): readonly Told[] {
    const told: Told[] = [];
    const text = (path: FieldPath | undefined): string | undefined =>
      path === undefined ? undefined : textOf(valueAt(event, path));
    const whole = text(rule.result);
    if (whole !== undefined) {
      result = whole.slice(0, ANSWER_CHARS_MAX);
      told.push({ kind: 'say', text: whole.slice(0, TRANSCRIPT_CHARS_MAX) });
    }
    const piece = text(rule.resultPiece);
    if (piece !== undefined) {
      result = `${result ?? ''}${piece}`.slice(0, ANSWER_CHARS_MAX);
      told.push({ kind: 'say', text: piece.slice(0, TRANSCRIPT_CHARS_MAX) });
    }
    const id = text(rule.session);
    if (id !== undefined && id !== session) {
      session = id;
      told.push({ kind: 'session', id });
    }
    model = text(rule.model) ?? model;
    const tool = text(rule.tool);
    if (tool !== undefined) {
      toolCalls += 1;
      told.push({ kind: 'say', text: `[${oneLine(tool)}]` });
      told.push({ kind: 'tool_call', tool, isDenied: false });
    }
    if (rule.data !== undefined) data = (valueAt(event, rule.data) as Json | undefined) ?? data;
    if (rule.turns !== undefined) turns = countOf(valueAt(event, rule.turns)) ?? turns;
    failure = text(rule.error) ?? failure;
    if (rule.isEnd === true) hasEnded = true;
    told.push(...count(rule, event));
    return told;
  }

  function count(rule: ReadingRule, event: unknown): readonly Told[] {
    const told = usageBy(rule, event);
    if (told !== undefined) {
      figures = rule.isStep === true ? addUsage(figures ?? NO_USAGE, told) : told;
    }
    const usd = rule.costUsd === undefined ? undefined : amountOf(valueAt(event, rule.costUsd));
    if (usd !== undefined) cost = rule.isStep === true ? (cost ?? 0) + usd : usd;
    if (told === undefined && usd === undefined) return [];
    const usage = usageNow();
    const known = costNow(usage);
    return [
      ...(usage === undefined ? [] : [{ kind: 'usage', ...usage } as const]),
      ...(known === undefined ? [] : [{ kind: 'cost', usd: known } as const]),
    ];
  }

  function usageNow(): Usage | undefined {
    return figures === undefined ? undefined : usageSince(figures, start.baseline ?? NO_USAGE);
  }

  function costNow(usage: Usage | undefined): number | undefined {
    if (cost !== undefined) return cost;
    return usage === undefined || model === undefined ? undefined : costOf(model, usage);
  }

  function end(): readonly Told[] {
    if (collected.trim() === '') return [];
    const text = collected;
    collected = '';
    const event = parseWhole(text);
    if (event === undefined) {
      unreadableLines += 1;
      return [{ kind: 'say', text: text.slice(0, TRANSCRIPT_CHARS_MAX) }];
    }
    readLines += 1;
    return rules.filter((rule) => speaksOf(rule, event)).flatMap((rule) => apply(rule, event));
  }

  function report(): AgentReport {
    const usage = usageNow();
    const costUsd = costNow(usage);
    const hasEnd = rules.some((rule) => rule.isEnd === true);
    const isOver = hasEnd ? hasEnded : result !== undefined;
    return {
      text: result ?? failure,
      data,
      session: session ?? start.session,
      turns,
      usage,
      sessionUsage: figures,
      sessionTokens: figures === undefined ? undefined : figures.inputTokens + figures.outputTokens,
      costUsd,
      isCostEstimated: costUsd !== undefined && cost === undefined,
      costByModel: costUsd === undefined || model === undefined ? {} : { [model]: costUsd },
      toolCalls,
      denials: [],
      terminalReason: undefined,
      end: failure !== undefined ? 'failed' : isOver ? 'done' : undefined,
      failure:
        failure === undefined
          ? undefined
          : { kind: kindOfText(failure) ?? 'other', text: failure, resetAt: undefined },
      unreadableLines,
      readLines,
    };
  }

  return { line, errorLine: () => {}, end, report };
}

function speaksOf({ when }: ReadingRule, event: unknown): boolean {
  return Object.entries(when ?? {}).every(([path, text]) => valueAt(event, path) === text);
}

function usageBy(rule: ReadingRule, event: unknown): Usage | undefined {
  const inputTokens = sumAt(event, rule.inputTokens);
  const outputTokens = sumAt(event, rule.outputTokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedTokens: sumAt(event, rule.cachedTokens) ?? 0,
  };
}

function sumAt(event: unknown, paths: readonly FieldPath[] | undefined): number | undefined {
  const counts = (paths ?? []).flatMap((path) => countOf(valueAt(event, path)) ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

function parseWhole(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
