import { describe, expect, it } from 'vitest';
import { plainAgent } from '../../src/domain/action.ts';
import { TOOL_CALLS_MAX } from '../../src/domain/work.ts';
import { recordWork } from '../../src/engine/record-work.ts';

const START = Temporal.Instant.from('2026-11-21T09:00:00Z');
const SECRET = 'hunter2-hunter2';

function recorded() {
  let ms = 0;
  const now = () => START.add({ milliseconds: ms });
  const action = plainAgent('claude', `say ${SECRET}`, undefined);
  const record = recordWork(now, action, [SECRET]);
  return { record, wait: (more: number) => (ms += more) };
}

describe('the record of what an attempt does', () => {
  it('tells each tool call from its beginning to its end, and what was asked', () => {
    const { record, wait } = recorded();
    wait(100);
    record.observe({ kind: 'tool_call', tool: 'Bash', isDenied: false, id: 'a', input: 'ls' });
    wait(250);
    record.observe({ kind: 'tool_end', id: 'a' });
    const { work } = record.soFar();
    expect(work.begunAt.equals(START)).toBe(true);
    expect(work.asked).toBe('say ***');
    const [call] = work.calls;
    expect(call).toMatchObject({ tool: 'Bash', input: 'ls', isDenied: false });
    expect(call?.startedAt.until(call.endedAt ?? START).total('milliseconds')).toBe(250);
  });

  it('marks the call that was not permitted, and counts it once', () => {
    const { record } = recorded();
    record.observe({ kind: 'tool_call', tool: 'Bash', isDenied: false, id: 'a' });
    record.observe({ kind: 'tool_call', tool: 'Bash', isDenied: true, id: 'a' });
    expect(record.soFar().work.calls).toMatchObject([{ tool: 'Bash', isDenied: true }]);
  });

  it('masks what a call was given, and keeps no more calls than its bound', () => {
    const { record } = recorded();
    for (let index = 0; index <= TOOL_CALLS_MAX; index += 1) {
      record.observe({ kind: 'tool_call', tool: 'Bash', isDenied: false, input: `x ${SECRET}` });
    }
    const { calls } = record.soFar().work;
    expect(calls).toHaveLength(TOOL_CALLS_MAX);
    expect(calls[0]?.input).toBe('x ***');
  });

  it('begins anew when its source is read from the start, and tells what was used so far', () => {
    const { record } = recorded();
    record.observe({ kind: 'tool_call', tool: 'Bash', isDenied: false, id: 'a' });
    record.observe({ kind: 'usage', inputTokens: 5, outputTokens: 2, cachedTokens: 1 });
    record.observe({ kind: 'cost', usd: 0.25 });
    record.restart();
    expect(record.soFar()).toMatchObject({
      work: { calls: [] },
      usage: { inputTokens: 5, outputTokens: 2, cachedTokens: 1 },
      costUsd: 0.25,
    });
  });
});
