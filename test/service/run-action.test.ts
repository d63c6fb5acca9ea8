import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const action = {
  kind: 'command',
  program: { kind: 'shell', text: 'echo\n\u0007hello' },
  cwd: undefined,
  env: {},
  stdin: undefined,
} as const;

describe('runAction', () => {
  it('carries an action out under a task that no list has', async () => {
    const run = await bench.services.runAction({ action, timeoutMs: 5_000 });
    expect(run).toMatchObject({
      state: 'queued',
      trigger: 'manual',
      taskName: 'Quick run: echo hello',
    });
    expect((await bench.services.listTasks({})).items).toEqual([]);
    expect((await bench.services.getStatus()).counts.tasks.active).toBe(0);
    const [claim] = await bench.take();
    expect(claim?.run.id).toBe(run.id);
    if (claim !== undefined) await bench.finish(claim);
    const { items } = await bench.services.listRuns({ tag: 'quick-run' });
    expect(items.map(({ id, state }) => [id, state])).toEqual([[run.id, 'succeeded']]);
  });

  it('starts several at once, but one for one key', async () => {
    const first = await bench.services.runAction({ action, name: 'one', idempotencyKey: 'k' });
    const again = await bench.services.runAction({ action, name: 'one', idempotencyKey: 'k' });
    expect(again.id).toBe(first.id);
    const other = await bench.services.runAction({ action, name: 'one' });
    expect(other.id).not.toBe(first.id);
  });

  it('is for those who may write tasks, and for no run', async () => {
    const starter = bench.as({ ...owner(undefined), scopes: ['tasks:read', 'tasks:run'] });
    await expect(starter.runAction({ action })).rejects.toMatchObject({ code: 'forbidden' });
    const run = bench.as({ ...owner(undefined), kind: 'agent_run' });
    await expect(run.runAction({ action })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
