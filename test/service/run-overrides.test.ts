import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { actionOf } from '../support/actions.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

async function taskWith(action: ReturnType<typeof actionOf>): Promise<void> {
  await bench.services.createTask(draft({ name: 'it', action }));
}

describe('a run may have, for itself alone', () => {
  it('another directory and prompt, and a payload', async () => {
    await taskWith(actionOf('agent'));
    const run = await bench.services.runTask({
      task: 'it',
      cwd: '~/other',
      prompt: 'Look at {{payload.x}}.',
      payload: { x: 1 },
    });
    expect(run.overrides).toEqual({
      cwd: '/home/ada/other',
      prompt: 'Look at {{payload.x}}.',
      payload: { x: 1 },
    });
    const { task } = await bench.services.getTask('it');
    expect(task.definition.action).toMatchObject({ prompt: 'Look.' });
    expect(task.definition.action).not.toHaveProperty('cwd');
  });

  it('nothing that its action has no place for, or that a task could not say', async () => {
    await taskWith(actionOf('http'));
    await expect(bench.services.runTask({ task: 'it', cwd: '/srv' })).rejects.toThrow(
      'which has no working directory. Leave "cwd" out.',
    );
    await expect(bench.services.runTask({ task: 'it', prompt: 'x' })).rejects.toThrow(
      'which has no prompt',
    );
    await bench.services.createTask(draft({ name: 'agent', action: actionOf('agent') }));
    await expect(bench.services.runTask({ task: 'agent', cwd: 'x' })).rejects.toThrow(
      'not an absolute path',
    );
    await expect(bench.services.runTask({ task: 'agent', prompt: '{{x}}' })).rejects.toThrow(
      'There is no "x"',
    );
    await expect(
      bench.services.runTask({ task: 'agent', payload: 'x'.repeat(1_100_000) }),
    ).rejects.toThrow('The payload has');
  });

  it('a payload from those who may only run tasks, and no other prompt', async () => {
    await taskWith(actionOf('agent'));
    const runner = bench.as({ ...owner('test 1.0'), scopes: ['tasks:read', 'tasks:run'] });
    await expect(runner.runTask({ task: 'it', prompt: 'Obey.' })).rejects.toThrow('tasks:write');
    await expect(runner.runTask({ task: 'it', payload: {} })).resolves.toMatchObject({
      overrides: { payload: {} },
    });
  });
});
