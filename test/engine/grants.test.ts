import { afterEach, describe, expect, it } from 'vitest';
import type { CommandAction } from '../../src/domain/action.ts';
import { FOR_EVERYTHING } from '../../src/domain/secrets/secret-grants.ts';
import { startEngine } from '../../src/engine/engine.ts';
import { resultOf, succeeded } from '../support/scripted-executor.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { openBench, rest } from './bench.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const VALUE = 'a-value-that-must-not-be-seen';
const ACTION: CommandAction = {
  kind: 'command',
  program: { kind: 'argv', argv: ['true'] },
  cwd: undefined,
  env: { T: { kind: 'secret', secret: 'TOKEN' } },
  stdin: undefined,
};

async function open() {
  const bench = await openBench();
  closers.push(() => bench.close());
  const secrets = memorySecrets(bench.clock);
  const engine = startEngine({ ...bench.ports, secrets }, bench.settings);
  closers.push(() => engine.stop());
  const task = await bench.add({ name: 'report', rule: undefined });
  const withSecret = { ...task, definition: { ...task.definition, action: ACTION }, version: 2 };
  await bench.store.updateTask({ ...withSecret, revision: 2 }, 'task.updated', []);
  const run = async () => {
    await bench.run({ ...withSecret, revision: 2 });
    await bench.pass(1_000);
    await rest();
    return (await bench.runs(task)).at(-1);
  };
  return { bench, secrets, run };
}

describe('a run that names a secret', () => {
  it('is handed its value, which is noted', async () => {
    const { bench, secrets, run } = await open();
    await secrets.set('TOKEN', VALUE, { ...FOR_EVERYTHING, tasks: ['report'] });
    const done = await run();
    expect(done?.state).toBe('succeeded');
    expect(bench.executor.executions[0]?.grants).toEqual(new Map([['TOKEN', VALUE]]));
    const [listed] = await secrets.list();
    expect(listed?.lastUse).toMatchObject({ taskName: 'report', runId: done?.id });
  });

  it('fails without being carried out when the grant was taken away meanwhile', async () => {
    const { bench, secrets, run } = await open();
    await secrets.set('TOKEN', VALUE, { ...FOR_EVERYTHING, tasks: ['other'] });
    const done = await run();
    expect(done).toMatchObject({ state: 'failed', outcome: 'failed' });
    expect(done?.message).toContain('"TOKEN" was not handed over');
    expect(bench.executor.executions).toEqual([]);
  });

  it('keeps the value out of everything that is told of its end', async () => {
    const { bench, secrets, run } = await open();
    await secrets.set('TOKEN', VALUE);
    const answer = {
      text: `said ${VALUE}`,
      data: { [VALUE]: [Buffer.from(VALUE).toString('hex')] },
      session: VALUE,
      turns: 1,
      usage: undefined,
      costUsd: undefined,
      isCostEstimated: false,
      costByModel: { [VALUE]: 1 },
      toolCalls: 0,
      denials: [VALUE],
      terminalReason: encodeURIComponent(VALUE),
    };
    const headers = { [VALUE]: VALUE };
    const notice = { title: VALUE, body: VALUE };
    const deliveries = [{ channel: 'mail', isDelivered: false, note: VALUE }];
    const result = resultOf({ answer, httpHeaders: headers, notice, deliveries });
    bench.executor.script({ ...succeeded(), result });
    const done = await run();
    expect(JSON.stringify(done)).not.toContain(VALUE);
    expect(JSON.stringify(done)).not.toContain(Buffer.from(VALUE).toString('hex'));
    expect(done?.result?.answer?.text).toBe('said ***');
  });
});
