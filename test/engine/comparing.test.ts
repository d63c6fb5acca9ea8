import { afterEach, describe, expect, it } from 'vitest';
import type { Difference } from '../../src/domain/difference/compare.ts';
import { onFinding } from '../../src/domain/alerts/decide-alert.ts';
import type { Run } from '../../src/domain/run.ts';
import { failed, resultOf, succeeded, type Step } from '../support/scripted-executor.ts';
import { openBench, type Bench } from './bench.ts';

let bench: Bench | undefined;
afterEach(() => bench?.close());

/** An attempt that prints this. */
function prints(text: string): Step {
  return (_execution, sink) => {
    const bytes = new TextEncoder().encode(text);
    sink.write('stdout', bytes);
    return succeeded({ outputBytes: bytes.length });
  };
}

async function differences(...steps: readonly Step[]) {
  bench = await openBench();
  bench.start();
  const task = await bench.add({ rule: undefined, policies: { compare: { kind: 'text' } } });
  for (const step of steps) {
    bench.executor.script(step);
    await bench.run(task);
    await bench.pass(60_000);
  }
  const runs = await bench.runs(task);
  return { task, runs, kinds: runs.map(kindOf) };
}

function kindOf({ result }: Run): Difference['kind'] | undefined {
  return result?.difference?.kind;
}

const REPORTING = { on: ['finding'], channels: [] } as const;

describe('the result of a run', () => {
  it('is told as the same, or with what has changed since the last run that ended well', async () => {
    const steps = [prints('a\nb'), prints('a\nb'), failed(), prints('a\nb'), prints('a\nc')];
    const { runs, kinds, task } = await differences(...steps);
    expect(kinds).toEqual(['first', 'same', undefined, 'same', 'changed']);
    const since = runs[0]?.endedAt;
    expect(runs[3]?.result?.difference).toEqual({ kind: 'same', since });
    expect(runs[4]?.result?.difference).toMatchObject({ since, text: '- b\n+ c' });
    const findings = runs.map((run) => onFinding(run, task.definition, REPORTING));
    expect(findings.map((step) => step?.kind)).toEqual([
      'open',
      undefined,
      undefined,
      undefined,
      'open',
    ]);
    expect(findings[4]).toMatchObject({ item: { body: '- b\n+ c' } });
  });

  it('is compared by what an agent answered, when it answered', async () => {
    const answer = {
      text: 'nothing new',
      data: undefined,
      session: undefined,
      turns: 1,
      usage: undefined,
      costUsd: undefined,
      isCostEstimated: false,
      costByModel: {},
      toolCalls: 0,
      denials: [],
      terminalReason: undefined,
    };
    const answers = (text: string): Step => ({
      kind: 'succeeded',
      result: resultOf({ answer: { ...answer, text } }),
    });
    const { kinds } = await differences(answers('x'), answers('x'), answers('y'));
    expect(kinds).toEqual(['first', 'same', 'changed']);
  });
});
