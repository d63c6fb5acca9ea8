import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { Answer, Outcome } from '../../src/domain/outcome.ts';
import type { Claim } from '../../src/domain/run.ts';
import { prepareAction } from '../../src/engine/prepare-action.ts';
import type { RunTaskRequest, TaskEdit } from '../../src/service/services.ts';
import { draft, openBench, type Bench } from '../service/bench.ts';
import { actionOf } from '../support/actions.ts';
import { failed, succeeded } from '../support/scripted-executor.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('2026-11-02T08:00:00Z');
});
afterEach(() => bench.close());

const ANSWER: Answer = {
  text: 'Three new issues.',
  data: undefined,
  session: 'session-1',
  turns: 2,
  usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 3 },
  costUsd: 0.01,
  isCostEstimated: false,
  costByModel: {},
  toolCalls: 1,
  denials: [],
  terminalReason: 'completed',
};

async function start(request: Partial<RunTaskRequest> = {}): Promise<Claim> {
  await bench.services.runTask({ task: 'it', overlap: 'allow', ...request });
  const [claim] = await bench.take(1);
  if (claim === undefined) throw new Error('There is no run to take.');
  return claim;
}

async function runOnce(outcome: Outcome): Promise<void> {
  await bench.finish(await start(), outcome);
  bench.clock.advance(60_000);
}

async function prepared(claim: Claim) {
  const { run } = claim;
  const definition = await bench.store.getDefinition(run.taskId, run.taskVersion);
  if (definition === undefined) throw new Error('The run has no definition.');
  return prepareAction(bench, run, definition, (ask) => ask());
}

async function actionOfRun(claim: Claim): Promise<Action> {
  const ready = await prepared(claim);
  if (ready.kind === 'refused') throw new Error(ready.message);
  return ready.action;
}

async function make(action: Action, changes: TaskEdit = {}): Promise<void> {
  await bench.services.createTask(draft({ name: 'it', ...changes, action }));
}

describe('the action of a run', () => {
  it('has its templates filled in, times in the zone of the schedule', async () => {
    await make(
      actionOf('agent', { prompt: '{{task.name}} for {{scheduled_for}}, {{missed_count}} missed' }),
      { zone: 'Asia/Tokyo' },
    );
    bench.clock.advance(3_600_000);
    await bench.plan();
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('Nothing was planned.');
    expect(await actionOfRun(claim)).toMatchObject({
      prompt: 'it for 2026-11-02T18:00:00+09:00, 0 missed',
    });
  });

  it('tells of the run that ended last, and of none before the first', async () => {
    await make(
      actionOf('agent', {
        prompt: '{{last.result | default "nothing yet"}} / {{last.finished_at | default "never"}}',
      }),
    );
    expect(await actionOfRun(await start())).toMatchObject({ prompt: 'nothing yet / never' });
    await runOnce(succeeded({ answer: ANSWER }));
    const { prompt } = (await actionOfRun(await start())) as { readonly prompt: string };
    expect(prompt).toContain('\nThree new issues.\n');
    expect(prompt).toContain(' / 2026-11-02T');
    await runOnce(failed());
    expect(await actionOfRun(await start())).toMatchObject({
      prompt: expect.stringContaining('The command ended with exit code 1.') as string,
    });
  });

  it('has what its caller changed for it alone, and the payload where commands find it', async () => {
    await make(actionOf('command'));
    const action = await actionOfRun(await start({ cwd: '/srv', payload: { a: { b: 'c' } } }));
    expect(action).toMatchObject({
      cwd: '/srv',
      env: { PAYLOAD_A_B: { kind: 'text', text: 'c' } },
      stdin: '{"a":{"b":"c"}}',
    });
  });

  it('is told of the file of its payload by the daemon, and not by who sent the payload', async () => {
    await make(actionOf('command'));
    const payload = { file: '/etc/passwd' };
    const action = await actionOfRun(await start({ payload }));
    expect(action).toMatchObject({ payload: JSON.stringify(payload) });
    expect(action).not.toHaveProperty('env.PAYLOAD_FILE');
  });

  it('is refused, in words, when a value would lead its address elsewhere', async () => {
    await make(actionOf('http', { url: 'https://example.org/a/{{payload.x}}/b' }));
    expect(await prepared(await start({ payload: { x: '..' } }))).toEqual({
      kind: 'refused',
      message: expect.stringContaining('lead the address elsewhere') as string,
    });
  });

  it('is left as it is in the namespace of an older system', async () => {
    await make(actionOf('http', { body: '{{missed_count}}' }));
    const { run, fence } = await start();
    const claim = { run: { ...run, namespace: 'mcp-scheduler' }, fence };
    expect(await actionOfRun(claim)).toMatchObject({ body: '{{missed_count}}' });
  });
});

describe('what an agent answered last', () => {
  const resuming = actionOf('agent', { session: { mode: 'resume', tokensMax: undefined } });

  it.each(['resume', 'last_result'] as const)('is at hand for the policy %s', async (mode) => {
    await make(actionOf('agent', { session: { mode, tokensMax: undefined } }));
    expect(await prepared(await start())).toMatchObject({ previous: undefined });
    await runOnce(succeeded({ answer: { ...ANSWER, sessionTokens: 7 } }));
    await runOnce(failed());
    expect(await prepared(await start())).toMatchObject({
      previous: { session: 'session-1', text: 'Three new issues.', sessionTokens: 7 },
    });
  });

  it('is of an earlier attempt of the same run, and tells when the session is gone', async () => {
    await make(resuming);
    await runOnce(succeeded({ answer: ANSWER }));
    const claim = await start();
    const answer = { ...ANSWER, session: 'session-2' };
    const { result } = succeeded({ answer });
    expect(await prepared({ ...claim, run: { ...claim.run, result } })).toMatchObject({
      previous: { session: 'session-2' },
    });
    const { result: gone } = succeeded({ answer: { ...answer, session: undefined } });
    expect(await prepared({ ...claim, run: { ...claim.run, result: gone } })).toMatchObject({
      previous: { session: undefined },
    });
  });

  it('is not asked for by the policy fresh', async () => {
    await make(actionOf('agent'));
    await runOnce(succeeded({ answer: ANSWER }));
    expect(await prepared(await start())).toMatchObject({ previous: undefined });
  });

  it.each([{ engine: 'codex' }, { cwd: '/srv' }])(
    'is no session to resume for another agent: %j',
    async (changes) => {
      await make(resuming);
      await runOnce(succeeded({ answer: ANSWER }));
      await bench.services.updateTask('it', { action: { ...resuming, ...changes } });
      expect(await prepared(await start())).toMatchObject({ previous: undefined });
    },
  );
});
