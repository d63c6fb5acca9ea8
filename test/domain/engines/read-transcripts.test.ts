import { describe, expect, it } from 'vitest';
import { builtIn, NOTHING_KNOWN, readAll, transcript } from './transcripts.ts';

const claude = (name: string) => readAll(builtIn('claude'), transcript(`claude-${name}`));
const codex = (name: string, start = NOTHING_KNOWN) =>
  readAll(builtIn('codex'), transcript(`codex-${name}`), start);

describe('what Claude Code prints', () => {
  it('tells result, session, turns, tokens and cost', () => {
    const { report } = claude('hello');
    expect(report).toMatchObject({
      turns: 1,
      usage: { inputTokens: 1_200, outputTokens: 50, cachedTokens: 200 },
      isCostEstimated: false,
      toolCalls: 0,
      denials: [],
      terminalReason: 'completed',
      end: 'done',
      failure: undefined,
    });
    expect(report.text).toMatch(/^mock says hello/);
    expect(report.session).toMatch(/^[0-9a-f-]{36}$/);
    expect(report.costUsd).toBeCloseTo(0.00381, 8);
    expect(report.costByModel['claude-sonnet-4-5']).toBeCloseTo(0.00381, 8);
  });

  it('tells tokens and cost before the run has ended', () => {
    const lines = transcript('claude-hello').split('\n');
    const before = lines.slice(
      0,
      lines.findIndex((line) => line.includes('"type":"result"')),
    );
    const { told } = readAll(builtIn('claude'), before.join('\n'));
    expect(told).toContainEqual({
      kind: 'usage',
      inputTokens: 1_200,
      outputTokens: 50,
      cachedTokens: 200,
    });
    const costs = told.flatMap((one) => (one.kind === 'cost' ? [one.usd] : []));
    expect(costs.at(-1)).toBeCloseTo(0.00381, 8);
  });

  it('counts a message that is being written from its pieces', () => {
    const start = {
      type: 'message_start',
      message: {
        id: 'm',
        model: 'claude-sonnet-4-5',
        usage: { input_tokens: 10, output_tokens: 1 },
      },
    };
    const piece = {
      type: 'content_block_delta',
      delta: { type: 'text_delta', text: 'x'.repeat(400) },
    };
    const lines = [start, piece].map((event) => JSON.stringify({ type: 'stream_event', event }));
    const { told } = readAll(builtIn('claude'), lines.join('\n'));
    expect(told).toContainEqual({
      kind: 'usage',
      inputTokens: 10,
      outputTokens: 100,
      cachedTokens: 0,
    });
  });

  it('is of this run alone when a session was resumed, although its totals are of all runs', () => {
    expect(transcript('claude-resumed')).toContain('"total_cost_usd":0.00762');
    const { report } = claude('resumed');
    expect(report.session).toBe(claude('hello').report.session);
    expect(report.costUsd).toBeCloseTo(0.00381, 8);
    expect(report.usage).toEqual({ inputTokens: 1_200, outputTokens: 50, cachedTokens: 200 });
    expect(report.sessionTokens).toBe(1_250);
  });

  it('shows tool calls as one line and counts them', () => {
    const { told, report } = claude('tool');
    const call = told.find((one) => one.kind === 'tool_call');
    expect(call).toMatchObject({ tool: 'Bash', isDenied: false });
    expect(call?.input).toContain('touch made.txt');
    expect(told).toContainEqual({ kind: 'tool_end', id: call?.id });
    const said = told.flatMap((one) => (one.kind === 'say' ? [one.text] : []));
    expect(said[0]).toBe('[Bash] {"command":"touch made.txt","description":"make a file"}');
    expect(report).toMatchObject({ toolCalls: 1, denials: [], end: 'done' });
  });

  it('names the tools that were not permitted, although it calls itself a success', () => {
    expect(transcript('claude-denied')).toContain('"subtype":"success"');
    const { told, report } = claude('denied');
    const calls = told.filter((one) => one.kind === 'tool_call');
    expect(calls.find((one) => one.isDenied)).toMatchObject({ tool: 'Bash' });
    expect(report.denials).toEqual(['Bash']);
  });

  it.each([
    ['429', 'usage_limit'],
    ['429-subscription', 'usage_limit'],
    ['529', 'overloaded'],
    ['budget', 'budget'],
    ['session-gone', 'session_gone'],
    ['not-logged-in', 'not_logged_in'],
  ])('means %s by its failure', (name, kind) => {
    expect(claude(name).report).toMatchObject({ end: 'failed', failure: { kind } });
  });

  it('tells when the limit of a subscription ends', () => {
    const told = /"resetsAt":(\d+)/.exec(transcript('claude-429-subscription'))?.[1];
    const { failure } = claude('429-subscription').report;
    expect(failure?.resetAt?.epochMilliseconds).toBe(Number(told) * 1000);
  });
});

describe('what Codex prints', () => {
  it('tells result, session and tokens, and the cost by the table when the model is known', () => {
    const { report } = codex('hello', { ...NOTHING_KNOWN, model: 'gpt-5' });
    expect(report).toMatchObject({
      usage: { inputTokens: 1_000, outputTokens: 50, cachedTokens: 200 },
      isCostEstimated: true,
      end: 'done',
      failure: undefined,
    });
    expect(report.text).toMatch(/^mock says hello/);
    expect(report.session).toMatch(/^[0-9a-f-]{36}$/);
    expect(report.costUsd).toBeCloseTo(0.001525, 8);
    expect(codex('hello').report.costUsd).toBeUndefined();
  });

  it('takes the figures of earlier runs off those of a resumed thread', () => {
    const first = codex('hello').report;
    const { report } = codex('resumed', { ...NOTHING_KNOWN, baseline: first.sessionUsage });
    expect(report.session).toBe(first.session);
    expect(report.sessionUsage).toEqual({
      inputTokens: 2_000,
      outputTokens: 100,
      cachedTokens: 400,
    });
    expect(report.usage).toEqual({ inputTokens: 1_000, outputTokens: 50, cachedTokens: 200 });
  });

  it('shows a command once, when it begins', () => {
    const { told, report } = codex('tool');
    const commands = told.filter((one) => one.kind === 'say' && one.text.startsWith('$ '));
    expect(commands).toHaveLength(1);
    expect(report.toolCalls).toBe(1);
  });

  it.each([
    ['usage-limit', 'usage_limit'],
    ['429', 'usage_limit'],
    ['unauthorized', 'not_logged_in'],
  ])('means %s by its failure', (name, kind) => {
    expect(codex(name).report).toMatchObject({ end: 'failed', failure: { kind } });
  });
});

describe('what engines with a table print', () => {
  it('is read by the rules of Gemini', () => {
    const lines = [
      { type: 'init', session_id: 's1', model: 'gemini-2.5-flash' },
      { type: 'message', role: 'user', content: 'hi' },
      { type: 'message', role: 'assistant', content: 'Hello ', delta: true },
      { type: 'tool_use', tool_name: 'read_file', tool_id: 't', parameters: {} },
      { type: 'message', role: 'assistant', content: 'there.', delta: true },
      {
        type: 'result',
        status: 'success',
        stats: { input_tokens: 1000, output_tokens: 20, cached: 100 },
      },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const { report } = readAll(builtIn('gemini'), text);
    expect(report).toMatchObject({
      text: 'Hello there.',
      session: 's1',
      toolCalls: 1,
      usage: { inputTokens: 1000, outputTokens: 20, cachedTokens: 100 },
      isCostEstimated: true,
      end: 'done',
    });
    expect(report.costUsd).toBeGreaterThan(0);
  });

  it('is added up by the rules of opencode', () => {
    const step = (input: number) => ({
      type: 'step_finish',
      sessionID: 'ses_1',
      part: {
        cost: 0.01,
        tokens: { input, output: 5, reasoning: 1, cache: { read: 100, write: 0 } },
      },
    });
    const lines = [
      step(10),
      { type: 'text', sessionID: 'ses_1', part: { text: 'Done.' } },
      step(20),
    ];
    const { report } = readAll(
      builtIn('opencode'),
      lines.map((line) => JSON.stringify(line)).join('\n'),
    );
    expect(report).toMatchObject({
      text: 'Done.',
      session: 'ses_1',
      usage: { inputTokens: 230, outputTokens: 12, cachedTokens: 200 },
      costUsd: 0.02,
      isCostEstimated: false,
    });
  });
});
