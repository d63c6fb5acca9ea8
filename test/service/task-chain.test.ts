import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHAIN_TASKS_MAX } from '../../src/domain/chain.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const { when: _when, ...UNSCHEDULED } = draft();

async function make(name: string, after?: string) {
  const { task, warnings } = await bench.services.createTask({
    ...UNSCHEDULED,
    name,
    ...(after === undefined ? {} : { after: { task: after } }),
  });
  expect(warnings.join()).not.toContain('starts');
  return task;
}

describe('a task that starts after another one', () => {
  it('is made with its name, starts after successes unless told otherwise, and can be let go', async () => {
    const first = await make('first');
    const second = await make('second', 'first');
    expect(second.definition.after).toEqual({ taskId: first.id, outcomes: ['succeeded'] });
    const { task } = await bench.services.updateTask('second', {
      after: { task: first.id, outcomes: ['failed', 'failed'] },
    });
    expect(task.definition.after).toEqual({ taskId: first.id, outcomes: ['failed'] });
    const other = await bench.services.updateTask('second', { description: 'text' });
    expect(other.task.definition.after).toEqual(task.definition.after);
    const free = await bench.services.updateTask('second', { after: {} });
    expect(free.task.definition).not.toHaveProperty('after');
  });

  it('is refused when it would start itself, directly or through others, and when there is no such task', async () => {
    await make('a');
    await make('b', 'a');
    await make('c', 'b');
    for (const task of ['a', 'b', 'c']) {
      await expect(bench.services.updateTask('a', { after: { task } })).rejects.toThrow('for ever');
    }
    await expect(make('d', 'nobody')).rejects.toThrow('There is no task "nobody"');
    const outcomes = { after: { outcomes: ['any'] } } as const;
    await expect(bench.services.updateTask('a', outcomes)).rejects.toThrow('after.task');
  });

  it('is refused when too many would start one after another', async () => {
    await make('task 1');
    for (let number = 2; number <= CHAIN_TASKS_MAX; number += 1) {
      await make(`task ${number}`, `task ${number - 1}`);
    }
    await expect(make('one more', `task ${CHAIN_TASKS_MAX}`)).rejects.toThrow('one after another');
  });

  it('ends when the task before is deleted, unless a schedule starts it too, and says so', async () => {
    await make('first');
    await make('second', 'first');
    await bench.services.createTask(draft({ name: 'hourly', after: { task: 'first' } }));
    await bench.services.deleteTask('first');
    const second = await bench.services.getTask('second');
    expect(second.task).toMatchObject({
      state: 'ended',
      stateReason: 'the task that it starts after was deleted',
    });
    const hourly = await bench.services.getTask('hourly');
    expect(hourly.task.state).toBe('active');
    expect(hourly.warnings.join()).toContain('has been deleted, so it starts after none');
    await make('third');
    const revived = await bench.services.updateTask('second', { after: { task: 'third' } });
    expect(revived.task.state).toBe('active');
  });

  it('explains what starts it, and a run after which it was started', async () => {
    await make('first');
    await make('second', 'first');
    await bench.services.runTask({ task: 'first' });
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('Nothing was taken.');
    await bench.finish(claim);
    const now = await bench.services.explain({ task: 'second' });
    expect(now.sentences).toContain('It starts after runs of "first" that succeed.');
    expect(now.sentences.join(' ')).not.toContain('only when asked');
    const { items } = await bench.services.listRuns({ task: 'second' });
    const [run] = items;
    if (run === undefined) throw new Error('Nothing was started.');
    const told = await bench.services.explain({ run: run.id });
    expect(told.sentences[0]).toContain(`was started after run ${claim.run.id}`);
    const at = await bench.services.explain({ task: 'second', at: bench.clock.now().toString() });
    expect(at.sentences[0]).toContain(`was started after run ${claim.run.id}`);
  });
});
