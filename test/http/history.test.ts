import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed } from '../support/scripted-executor.ts';
import { draft } from '../service/bench.ts';
import { type Door, openDoor } from '../mcp/door.ts';
import { ask } from './ask.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

const API = '/api/v1';

async function get(path: string) {
  const { status, body } = await ask(door, 'GET', `${API}${path}`);
  expect([path, status, body['detail']]).toEqual([path, 200, undefined]);
  return body;
}

describe('versions of a task', () => {
  it('are listed, read and restored', async () => {
    const { services, clock } = door.bench;
    await services.createTask(draft({ tags: ['one'], policies: { deadlineMs: 60_000 } }));
    clock.advance(1_000);
    await services.updateTask('backup', { when: { cron: '5 * * * *' }, tags: ['two'] });
    await services.updateTask('backup', { description: 'three' });

    const page = await get('/tasks/backup/versions?limit=2');
    expect(page).toMatchObject({
      versions: [
        { version: 3, description: 'three' },
        { version: 2, tags: ['two'], when: '5 * * * *', created_at: '2026-11-02T09:00:01+01:00' },
      ],
    });
    expect(await get(`/tasks/backup/versions?cursor=${String(page['next_cursor'])}`)).toMatchObject(
      {
        versions: [{ version: 1, tags: ['one'] }],
        next_cursor: null,
      },
    );
    expect(await get('/tasks/backup/versions/1')).toMatchObject({ version: 1, when: '0 * * * *' });
    const none = await ask(door, 'GET', `${API}/tasks/backup/versions/4`);
    expect(none.status).toBe(404);

    const path = `${API}/tasks/backup/versions/1/restore`;
    const late = await ask(door, 'POST', path, {}, { 'if-match': '"2"' });
    expect(late.status).toBe(412);
    const restored = await ask(door, 'POST', path, {}, { 'if-match': '"3"' });
    expect(restored.body).toMatchObject({
      task: {
        version: 4,
        description: null,
        tags: ['one'],
        schedule: { when: '0 * * * *' },
        next_at: '2026-11-02T10:00:00+01:00',
        policies: { deadline: '1m' },
      },
    });
  });
});

describe('copies', () => {
  it('say the same, are paused, and find a name', async () => {
    await door.bench.services.createTask(draft({ tags: ['one'] }));
    for (const name of ['backup copy', 'backup copy 2']) {
      const { status, body } = await ask(door, 'POST', `${API}/tasks/backup/duplicate`, {});
      expect(status).toBe(201);
      expect(body).toMatchObject({
        task: { name, state: 'paused', tags: ['one'], schedule: { when: '0 * * * *' } },
      });
    }
    const named = await ask(door, 'POST', `${API}/tasks/backup/duplicate`, { name: 'backup' });
    expect(named.status).toBe(409);
  });

  it('of runs are given what the run was given', async () => {
    await door.bench.services.createTask(draft());
    const run = await door.bench.services.runTask({
      task: 'backup',
      payload: { a: 1 },
      cwd: '/tmp',
    });
    const again = await ask(door, 'POST', `${API}/runs/${run.id}/rerun`, {
      payload: { a: 2 },
      overlap: 'allow',
    });
    expect(again.status).toBe(202);
    const { run: made } = await door.bench.services.getRun(
      String(again.body['id']) as typeof run.id,
    );
    expect(made).toMatchObject({
      taskId: run.taskId,
      overrides: { payload: { a: 2 }, cwd: '/tmp' },
    });
  });
});

describe('changes of many tasks', () => {
  it('are made one by one, and say what was refused', async () => {
    for (const name of ['a', 'b', 'c']) {
      await door.bench.services.createTask(draft({ name, tags: name === 'c' ? [] : ['x'] }));
    }
    const change = (body: object) => ask(door, 'POST', `${API}/tasks/bulk`, body);
    const paused = await change({ verb: 'pause', filter: { tag: 'x' }, reason: 'why' });
    expect(paused.body['results']).toHaveLength(2);
    expect((await get('/tasks?state=paused'))['tasks']).toMatchObject([
      { name: 'b', state_reason: 'why' },
      { name: 'a' },
    ]);
    const ran = await change({ verb: 'run', tasks: ['c', 'gone', 'c'] });
    expect(ran.body).toMatchObject({
      results: [
        { task: 'c', is_done: true, run: expect.stringMatching(/^run_/) },
        { task: 'gone', is_done: false, code: 'not_found' },
      ],
    });
    await change({ verb: 'delete', filter: {} });
    expect((await get('/tasks'))['tasks']).toEqual([]);
    expect((await change({ verb: 'delete' })).status).toBe(400);
    expect((await change({ verb: 'run', tasks: ['a'], filter: {} })).status).toBe(400);
  });
});

describe('pictures', () => {
  it('show how the runs of tasks went', async () => {
    const { bench } = door;
    await bench.services.createTask(draft({ policies: { overlap: 'queue_all' } }));
    for (let hour = 0; hour < 4; hour += 1) {
      bench.clock.advance(3_600_000);
      await bench.plan();
      const [claim] = await bench.take();
      if (claim === undefined) throw new Error('Nothing was planned.');
      bench.clock.advance((hour + 1) * 1_000);
      await bench.finish(claim, hour === 3 ? failed('exit_code', false) : undefined);
      bench.clock.advance(-(hour + 1) * 1_000);
    }
    expect(await get('/tasks/backup/statistics')).toMatchObject({
      runs: 4,
      is_cut: false,
      states: [
        { key: 'succeeded', count: 3 },
        { key: 'failed', count: 1 },
      ],
      failures: [{ key: 'The command ended with exit code 1.', count: 1 }],
      duration_ms: { p50: 2_000, p95: 4_000, max: 4_000 },
      lateness_ms: { p50: 0, p95: 0, max: 0 },
    });
    expect(await get('/statistics/latest-runs?tasks=backup')).toMatchObject({
      tasks: [
        {
          task: 'backup',
          runs: [
            { state: 'failed', reason: 'The command ended with exit code 1.', duration_ms: 4_000 },
            {},
            {},
            {},
          ],
        },
      ],
    });
    const line = await get('/statistics/timeline?from=3h&to=2h');
    expect(line).toMatchObject({
      runs: [{ state: 'failed' }, {}, {}, {}],
      upcoming: [{ task: 'backup', at: '2026-11-02T14:00:00+01:00' }],
      is_cut: false,
    });
    expect((await get('/runs?outcome=failed&kind=command&text=BACK'))['runs']).toHaveLength(1);
    expect((await get('/runs?tag=none'))['runs']).toEqual([]);
    const wide = await ask(door, 'GET', `${API}/statistics/timeline?from=2020-01-01&to=2h`);
    expect(wide.status).toBe(400);
  });

  it('show the load of the coming week by the hours of a zone', async () => {
    const { services } = door.bench;
    await services.createTask(draft());
    await services.createTask(draft({ name: 'twin' }));
    await services.createTask(draft({ name: 'weekly', when: { cron: '30 9 * * MON' } }));
    await services.createTask(draft({ name: 'idle', isPaused: true }));
    const { counts, is_cut } = await get('/statistics/load?timezone=Europe/Berlin');
    const hours = (counts as number[][]).map((day) => day.reduce((sum, count) => sum + count, 0));
    expect(hours).toEqual([49, 48, 48, 48, 48, 48, 48]);
    expect((counts as number[][])[0]?.[9]).toBe(3);
    expect(is_cut).toBe(false);
  });
});
