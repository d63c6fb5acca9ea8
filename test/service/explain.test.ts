import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draft, openBench, type Bench } from './bench.ts';
import { failed } from '../support/scripted-executor.ts';

let bench: Bench;
beforeEach(async () => {
  // 06:30 in Berlin, where the tasks' times are.
  bench = await openBench('2026-11-02T05:30:00Z');
  await bench.services.createTask(draft({ when: { cron: '0 7 * * *' } }));
});
afterEach(() => bench.close());

async function sentences(at?: string): Promise<string> {
  const query = at === undefined ? { task: 'backup' } : { task: 'backup', at };
  return (await bench.services.explain(query)).sentences.join('\n');
}

describe('explain a moment', () => {
  it('tells which run the occurrence became and how it ended', async () => {
    bench.clock.advanceTo('2026-11-02T06:00:00Z');
    await bench.plan();
    bench.clock.advance(4_000);
    const [claim] = await bench.take();
    bench.clock.advance(3_000);
    if (claim !== undefined) await bench.finish(claim);
    bench.clock.advance(3_600_000);
    const {
      sentences: told,
      run,
      entries,
    } = await bench.services.explain({ task: 'backup', at: '07:00' });
    expect(told).toEqual([
      `The occurrence of Mon 2026-11-02 07:00 (Europe/Berlin) became run ${run?.id}, which succeeded after 3s. It started 4s late.`,
    ]);
    expect(entries).toHaveLength(1);
    expect(await sentences('2026-11-02T07:00')).toBe(told.join('\n'));
    expect(await sentences('2026-11-02T06:00:20Z')).toBe(told.join('\n'));
  });

  it('tells behind which run it was skipped', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    await bench.take();
    bench.clock.advanceTo('2026-11-02T06:00:00Z');
    await bench.plan();
    const told = await sentences('07:00');
    expect(told).toContain('was skipped: a run of the task was unfinished');
    expect(told).toContain(`The run in its way was ${id}`);
  });

  it('tells that the task was paused, from when on', async () => {
    await bench.services.pauseTask('backup', 'holiday');
    bench.clock.advanceTo('2026-11-02T08:00:00Z');
    expect(await sentences('07:00')).toBe(
      'The task is paused since Mon 2026-11-02 06:30 (Europe/Berlin) (holiday), so it had nothing to run at Mon 2026-11-02 07:00.',
    );
    await bench.services.resumeTask('backup');
    expect(await sentences('07:00')).toBe(
      'The occurrence of Mon 2026-11-02 07:00 (Europe/Berlin) was skipped: the task was paused until Mon 2026-11-02 09:00.',
    );
  });

  it.each([
    ['none', 'catch-up is "none"'],
    ['latest', 'longer than the catch-up window (now 1h)'],
    ['all', 'longer than the catch-up window (now 1h)'],
  ] as const)('tells why it was missed under catch-up %s', async (mode, reason) => {
    const policies = { catchUp: { mode, windowMs: 3_600_000 } };
    await bench.services.updateTask('backup', { policies });
    bench.clock.advanceTo('2026-11-04T05:30:00Z');
    await bench.plan();
    expect(await sentences('2026-11-02T07:00')).toContain(reason);
  });

  it('tells that a later occurrence superseded it', async () => {
    bench.clock.advanceTo('2026-11-04T05:30:00Z');
    await bench.plan();
    expect(await sentences('2026-11-02T07:00')).toBe(
      'The occurrence of Mon 2026-11-02 07:00 (Europe/Berlin) was missed: the daemon was not running or the machine slept until Wed 2026-11-04 06:30, and catch-up "latest" runs only the latest of them.',
    );
  });

  it('tells that the schedule has no occurrence there, and which are near', async () => {
    bench.clock.advanceTo('2026-11-02T12:00:00Z');
    const told = await sentences('09:30');
    expect(told).toContain('The schedule has no occurrence between');
    expect(told).toContain('07:00');
  });

  it('takes a time of day that is yet to come for yesterday’s', async () => {
    expect(await sentences('06:31')).toContain(
      'At Sun 2026-11-01 06:31 (Europe/Berlin) the task did not exist yet: it was created at Mon 2026-11-02 06:30.',
    );
  });

  it('tells what is going to be', async () => {
    expect(await sentences('2026-11-02T07:00')).toBe(
      'Mon 2026-11-02 07:00 (Europe/Berlin) lies in the future.\nThere is an occurrence at Mon 2026-11-02 07:00.',
    );
  });

  it('tells that the schedule was another one then', async () => {
    bench.clock.advanceTo('2026-11-02T08:00:00Z');
    await bench.plan();
    await bench.services.updateTask('backup', { when: { cron: '0 5 * * *' } });
    expect(await sentences('2026-11-02T07:30')).toContain(
      'The schedule has been changed since the task was created: before, it was "0 7 * * *".',
    );
  });

  it('tells of runs that somebody asked for', async () => {
    bench.clock.advanceTo('2026-11-02T05:45:10Z');
    const { id } = await bench.services.runTask({ task: 'backup' });
    expect(await sentences('06:45')).toContain(`Run ${id} was asked for by owner`);
  });

  it('tells that jitter still holds an occurrence back', async () => {
    await bench.services.updateTask('backup', { whenOptions: { jitter: '30m' } });
    bench.clock.advanceTo('2026-11-02T06:00:01Z');
    expect(await sentences('07:00')).toContain('is delayed by its jitter until');
  });

  it('refuses what is no moment', async () => {
    for (const at of ['25:00', 'yesterday', '2026-13-01T00:00', '', '2026-11-02']) {
      await expect(sentences(at)).rejects.toMatchObject({ code: 'invalid' });
    }
  });
});

describe('explain a task', () => {
  it('tells where it stands', async () => {
    expect(await sentences()).toBe(
      [
        '"backup" is active.',
        'Its next occurrence is Mon 2026-11-02 07:00 (Europe/Berlin), in 30m.',
        'It has no runs that are kept.',
        'Nothing was skipped or missed in the last 7 days.',
      ].join('\n'),
    );
  });

  it('tells of its last run and of recent gaps', async () => {
    bench.clock.advanceTo('2026-11-04T06:00:00Z');
    await bench.plan();
    const told = await sentences();
    expect(told).toContain('2 occurrences from Mon 2026-11-02 07:00 to Tue 2026-11-03 07:00');
    expect(told).toContain('for Wed 2026-11-04 07:00 (Europe/Berlin), is queued');
    await bench.services.pauseTask('backup');
    expect(await sentences()).toContain('is paused since Wed 2026-11-04 07:00 (Europe/Berlin)');
  });
});

describe('explain a run', () => {
  it('tells of each attempt and why there is another', async () => {
    await bench.services.updateTask('backup', {
      policies: { retry: { attemptsMax: 2, backoffMs: 60_000 } },
    });
    bench.clock.advanceTo('2026-11-02T06:00:00Z');
    await bench.plan();
    const [first] = await bench.take();
    bench.clock.advance(2_000);
    if (first !== undefined) await bench.finish(first, failed());
    const id = first?.run.id ?? 'run_';
    const retrying = (await bench.services.explain({ run: id })).sentences;
    expect(retrying).toEqual([
      `Run ${id} of "backup" stands for the occurrence of Mon 2026-11-02 07:00 (Europe/Berlin).`,
      'It started at Mon 2026-11-02 07:00, on time.',
      'Attempt 1 began at Mon 2026-11-02 07:00 and failed after 2s: The command ended with exit code 1.',
      'It failed and is tried again at Mon 2026-11-02 07:01:02: The command ended with exit code 1.',
      'Attempts used: 1 of 2.',
      'The next occurrence is Tue 2026-11-03 07:00 (Europe/Berlin).',
    ]);
    bench.clock.advance(60_000);
    const [second] = await bench.take();
    if (second !== undefined) await bench.finish(second, failed());
    const { sentences: told } = await bench.services.explain({ run: id });
    expect(told).toContain('It was not tried again: all attempts are used (2 of 2).');
  });

  it('tells who asked for it, why it was cancelled, and that its task is gone', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    await bench.services.cancelRun(id, 'wrong host');
    await bench.services.deleteTask('backup');
    const { sentences: told } = await bench.services.explain({ run: id });
    expect(told).toEqual([
      `Run ${id} of "backup" was asked for by owner through test 1.0 on Mon 2026-11-02 06:30 (Europe/Berlin).`,
      'It was cancelled: wrong host.',
      'Its task has been deleted since.',
    ]);
  });
});

describe('whatHappened', () => {
  it('tells what ended, goes on, was not run and comes next', async () => {
    await bench.services.createTask(draft({ name: 'hourly' }));
    bench.clock.advanceTo('2026-11-02T08:30:00Z');
    await bench.plan();
    const [first, second] = await bench.take();
    if (first !== undefined) await bench.finish(first);
    const told = await bench.services.whatHappened({});
    expect(told.ended.map(({ id }) => id)).toEqual([first?.run.id]);
    expect(told.running.map(({ id }) => id)).toEqual([second?.run.id]);
    expect(told.gaps.map(({ taskName, count }) => [taskName, count])).toEqual([['hourly', 2]]);
    expect(told.upcoming.map(({ definition }) => definition.name)).toEqual(['hourly', 'backup']);
    expect(told.since.toString()).toBe('2026-11-01T08:30:00Z');
    expect(told.isCut).toBe(false);
  });

  it('says that a list was cut', async () => {
    for (const name of ['a', 'b', 'c']) {
      await bench.services.createTask(draft({ name }));
      await bench.services.runTask({ task: name });
    }
    for (const claim of await bench.take()) await bench.finish(claim);
    const told = await bench.services.whatHappened({ limit: 2 });
    expect(told).toMatchObject({ isCut: true });
    expect(told.ended).toHaveLength(2);
  });

  it('refuses a start in the future', async () => {
    const since = bench.clock.now().add({ hours: 1 });
    await expect(bench.services.whatHappened({ since })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('getStatus', () => {
  it('counts states and names the next task', async () => {
    const status = await bench.services.getStatus();
    expect(status.counts.tasks).toEqual({ active: 1, paused: 0, ended: 0 });
    expect(status.next?.definition.name).toBe('backup');
  });
});
