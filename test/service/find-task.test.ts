import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe('findTask', () => {
  it('finds a task by id, by name and by foreign id', async () => {
    const { task } = await bench.services.createTask(draft({ foreignId: 'job-7' }));
    for (const ref of [task.id, 'backup', 'job-7']) {
      expect((await bench.services.getTask(ref)).task.id).toBe(task.id);
    }
  });

  it('names the nearest tasks when there is none', async () => {
    for (const name of ['Nightly backup', 'nightly report', 'weekly cleanup']) {
      await bench.services.createTask(draft({ name }));
    }
    await expect(bench.services.getTask('nigthly-backup')).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no task "nigthly-backup". Did you mean "Nightly backup"?',
    });
    await expect(bench.services.getTask('something else')).rejects.toMatchObject({
      message: 'There is no task "something else". List the tasks to see which there are.',
    });
  });

  it('lets the owner name a task of a profile, as long as one task has the name', async () => {
    const profile = bench.as(owner(undefined, 'mcp-scheduler'));
    const { task } = await profile.createTask(draft({ name: 'poll' }));
    expect((await bench.services.getTask('poll')).task.id).toBe(task.id);
    await profile.createTask(draft({ name: 'poll' }));
    await expect(bench.services.getTask('poll')).rejects.toMatchObject({ code: 'conflict' });
    const { task: native } = await bench.services.createTask(draft({ name: 'poll' }));
    expect((await bench.services.getTask('poll')).task.id).toBe(native.id);
  });

  it('never shows a principal the tasks, runs and changes of another namespace', async () => {
    const { task } = await bench.services.createTask(draft());
    const run = await bench.services.runTask({ task: 'backup' });
    const profile = bench.as(owner(undefined, 'mcp-scheduler'));
    const { task: own } = await profile.createTask(draft({ name: 'own' }));
    for (const ref of [task.id, 'backup']) {
      await expect(profile.getTask(ref)).rejects.toMatchObject({ code: 'not_found' });
      await expect(profile.deleteTask(ref)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(profile.getRun(run.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(profile.cancelRun(run.id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await profile.listTasks({})).items.map(({ id }) => id)).toEqual([own.id]);
    expect((await profile.listRuns({ task: task.id })).items).toEqual([]);
    expect((await profile.getStatus()).next?.id).toBe(own.id);
    expect((await profile.listChanges(0, 2)).map(({ taskId }) => taskId)).toEqual([own.id]);
    expect(await bench.services.listChanges(0, 100)).toHaveLength(3);
    const happenings = await profile.whatHappened({});
    expect(happenings.upcoming.map(({ id }) => id)).toEqual([own.id]);
  });

  it('takes a profile’s id for the task even when another task bears it as its name', async () => {
    const profile = bench.as(owner(undefined, 'mcp-scheduler'));
    await profile.createTask(draft({ name: 'task_0123456789ab' }));
    const { task } = await profile.createTask(draft({ foreignId: 'task_0123456789ab' }));
    expect((await profile.getTask('task_0123456789ab')).task.id).toBe(task.id);
  });
});

describe('secrets', () => {
  it('are set and removed by administrators, and listed by name', async () => {
    await bench.services.setSecret('token', 'hunter2');
    const reader = bench.as({ ...owner(undefined), scopes: ['tasks:read', 'tasks:write'] });
    expect(JSON.stringify(await reader.listSecrets())).toContain('token');
    expect(JSON.stringify(await reader.listSecrets())).not.toContain('hunter2');
    await expect(reader.setSecret('token', 'x')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(reader.removeSecret('token')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await bench.services.removeSecret('token')).toBe(true);
    expect(await bench.services.removeSecret('token')).toBe(false);
  });
});

describe('lists', () => {
  it('answer with 20 items unless asked, and never with more than 50', async () => {
    for (let index = 0; index < 60; index += 1) {
      await bench.services.createTask(draft({ name: `task ${index}` }));
    }
    expect((await bench.services.listTasks({})).items).toHaveLength(20);
    const page = await bench.services.listTasks({ limit: 1_000 });
    expect(page.items).toHaveLength(50);
    const rest = await bench.services.listTasks(
      page.cursor === undefined ? {} : { limit: 50, cursor: page.cursor },
    );
    expect(rest.items).toHaveLength(10);
  });

  it('filter tasks by tag and text', async () => {
    await bench.services.createTask(draft({ name: 'a', tags: ['ops'] }));
    await bench.services.createTask(draft({ name: 'b', description: 'Daily REPORT' }));
    const names = async (query: object) =>
      (await bench.services.listTasks(query)).items.map(({ definition }) => definition.name);
    expect(await names({ tag: 'OPS' })).toEqual(['a']);
    expect(await names({ text: 'report' })).toEqual(['b']);
  });
});

describe('previewSchedule', () => {
  it('says what a schedule means without storing anything', async () => {
    const receipt = await bench.services.previewSchedule({ when: 'every weekday at 9', count: 3 });
    expect(receipt.next.map(({ at }) => at.toString())).toEqual([
      '2026-11-03T08:00:00Z',
      '2026-11-04T08:00:00Z',
      '2026-11-05T08:00:00Z',
    ]);
    expect((await bench.services.listTasks({})).items).toEqual([]);
  });
});
