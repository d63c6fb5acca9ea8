import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFinding } from '../../src/domain/alerts/decide-alert.ts';
import type { Gates, Observed } from '../../src/domain/gates/gate.ts';
import type { Policies } from '../../src/domain/policies.ts';
import { startEngine, type Engine } from '../../src/engine/engine.ts';
import { failed, resultOf, succeeded } from '../support/scripted-executor.ts';
import { every, once, openBench, type Bench } from './bench.ts';

const MINUTE_MS = 60_000;
const GATE = { kind: 'files', pattern: '/watched' } as const;
const GATES: Gates = { gates: [GATE], onError: 'run' };

let bench: Bench;
let engine: Engine;
let seen: Observed;

beforeEach(async () => {
  bench = await openBench();
  engine = startEngine({ ...bench.ports, gates: { observe: async () => seen } }, bench.settings);
  seen = { kind: 'value', value: 'a' };
});
afterEach(async () => {
  await engine.stop();
  await bench.close();
});

function gated(changes: Partial<Policies> = {}, gates: Gates = GATES) {
  const policies = { gates, ...changes };
  return bench.add({ rule: every(MINUTE_MS), policies, retry: { attemptsMax: 1 } });
}

/** Which runs were skipped, oldest first. */
async function decisions() {
  return (await bench.runs()).map(({ result, state }) => result?.gate?.decision ?? state);
}

describe('a task with gates', () => {
  it('runs when something has changed, and else has a run that says why it did nothing', async () => {
    const task = await gated();
    await bench.pass(3 * MINUTE_MS);
    seen = { kind: 'value', value: 'b' };
    await bench.pass(2 * MINUTE_MS);
    const found = await decisions();
    const from = found.indexOf('passed', 1);
    expect(found.slice(0, from)).toEqual(['passed', ...Array(from - 1).fill('skipped')]);
    expect(found.slice(from)).toContain('skipped');
    expect(bench.executor.executions).toHaveLength(2);
    const skipped = (await bench.runs())[1];
    expect(skipped).toMatchObject({ state: 'succeeded', outcome: 'succeeded' });
    expect(skipped?.result?.gate?.why).toMatch(/^What is in \/watched is the same since 2026/);
    const entries = await bench.ledger(task);
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(['run']));
    expect(entries).toHaveLength(found.length);
  });

  it('runs again after a run that failed, which has not done what there was to do', async () => {
    bench.executor.script(failed('exit_code', false), succeeded());
    await gated();
    await bench.pass(3 * MINUTE_MS);
    expect((await bench.runs()).map(({ state }) => state).slice(0, 2)).toEqual([
      'failed',
      'succeeded',
    ]);
    expect((await decisions()).slice(0, 3)).toEqual(['passed', 'passed', 'skipped']);
  });

  it('is tried again although nothing has changed since the attempt that failed', async () => {
    seen = { kind: 'open' };
    bench.executor.script((execution) => {
      seen = { kind: 'closed' };
      return execution.attempt === 1 ? failed() : succeeded();
    });
    const retry = { attemptsMax: 2, backoffMs: 1_000 };
    await bench.add({ rule: once('2026-11-02T08:00:01Z'), policies: { gates: GATES }, retry });
    await bench.pass(MINUTE_MS);
    expect(bench.executor.executions).toHaveLength(2);
    expect(await bench.runs()).toMatchObject([{ state: 'succeeded', attempt: 2 }]);
  });

  it('goes to be safe when a gate fails, or fails as the gate does, as it says', async () => {
    seen = { kind: 'failed', message: 'It may not be read.' };
    const lenient = await gated();
    const strict = await gated({}, { gates: [GATE], onError: 'fail' });
    await bench.pass(MINUTE_MS);
    const [run] = await bench.runs(lenient);
    expect(run?.result?.gate?.why).toContain('So it ran to be safe.');
    expect(await bench.runs(strict)).toMatchObject([
      {
        state: 'failed',
        message: 'What is in /watched could not be looked at: It may not be read.',
      },
    ]);
    expect(bench.executor.executions).toHaveLength(1);
  });

  it('is passed by who asks for a run, and leaves no trace then', async () => {
    seen = { kind: 'closed' };
    const task = await bench.add({ rule: undefined, policies: { gates: GATES } });
    await bench.run(task);
    await bench.pass(1_000);
    expect(await bench.runs(task)).toMatchObject([{ state: 'succeeded', result: resultOf() }]);
    expect((await bench.runs(task))[0]?.result).not.toHaveProperty('gate');
    expect(await bench.store.listNotes(task.id)).toEqual(new Map());
  });

  it('does not end, alert, or start another task for a run that did nothing', async () => {
    seen = { kind: 'closed' };
    const first = await gated({ endsAfterSuccess: true });
    const after = { taskId: first.id, outcomes: ['any'] } as const;
    const second = await bench.add({ rule: undefined });
    const definition = { ...second.definition, after };
    const next = { ...second, definition, version: 2, revision: second.revision + 1 };
    await bench.store.updateTask(next, 'task.updated', []);
    await bench.pass(2 * MINUTE_MS);
    expect((await bench.store.findTask({ by: 'id', id: first.id }))?.state).toBe('active');
    expect(await bench.runs(second)).toEqual([]);
    const [run] = await bench.runs(first);
    const rule = { on: ['finding'], channels: [] } as const;
    expect(run && onFinding(run, first.definition, rule)).toBeUndefined();
  });

  it('counts what half of the earlier runs used at most as saved', async () => {
    await engine.stop();
    const { store, clock } = bench;
    seen = { kind: 'closed' };
    const rule = once('2026-11-02T08:00:10Z');
    const task = await bench.add({ rule, policies: { gates: GATES } });
    for (const costUsd of [0.9, 0.1, 0.2]) {
      await bench.run(task);
      const now = clock.now();
      const leaseUntil = now.add({ seconds: 30 });
      const take = { owner: 'other', leaseUntil, now, limit: 1, tagLimits: new Map() };
      const [claim] = await store.takeRuns(take);
      if (claim === undefined) throw new Error('Nothing was taken.');
      const usage = { inputTokens: costUsd * 1_000, outputTokens: 5, cachedTokens: 0 };
      const spend = { engine: 'claude', usage, costUsd, isCostEstimated: false };
      await store.finishAttempt(claim, succeeded(), { to: 'succeeded' }, now, undefined, spend);
    }
    engine = startEngine({ ...bench.ports, gates: { observe: async () => seen } }, bench.settings);
    await bench.pass(20_000);
    const since = clock.now().subtract({ hours: 1 });
    const until = clock.now().add({ hours: 1 });
    const stretch = { namespace: 'all', scope: { kind: 'all' }, since, until } as const;
    expect(await store.spend.sumSaved(stretch)).toEqual({ usd: 0.2, tokens: 205, runs: 1 });
    expect((await bench.runs()).at(-1)?.result?.gate?.saved).toEqual({ usd: 0.2, tokens: 205 });
  });
});
