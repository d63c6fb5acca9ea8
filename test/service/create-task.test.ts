import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { draft, ECHO, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe('createTask', () => {
  it('stores the task with its first occurrence and says zone and next times', async () => {
    const { task, receipt, isRepeat } = await bench.services.createTask(draft());
    expect(task.next?.scheduledFor.toString()).toBe('2026-11-02T09:00:00Z');
    expect(task.coveredUntil.toString()).toBe('2026-11-02T08:00:00Z');
    expect(task).toMatchObject({ state: 'active', version: 1, revision: 1, namespace: 'native' });
    expect(receipt?.zone).toBe('Europe/Berlin');
    expect(receipt?.next.map(({ at }) => at.toString())).toContain('2026-11-02T09:00:00Z');
    expect(isRepeat).toBe(false);
    expect((await bench.services.getTask('backup')).task).toEqual({ ...task, plansApplied: 0 });
  });

  it('makes a task without a schedule that runs only when asked', async () => {
    const { when: _when, ...rest } = draft();
    const { task, receipt } = await bench.services.createTask(rest);
    expect(task).toMatchObject({ state: 'active', next: undefined });
    expect(receipt).toBeUndefined();
  });

  it('trims the name and the description, and folds tags', async () => {
    const { task } = await bench.services.createTask(
      draft({ name: '  nightly ', description: '  ', tags: ['Ops', 'ops', 'db'] }),
    );
    expect(task.definition).toMatchObject({ name: 'nightly', tags: ['ops', 'db'] });
    expect(task.definition.description).toBeUndefined();
  });

  it('makes a paused task that has no next occurrence', async () => {
    const { task } = await bench.services.createTask(draft({ isPaused: true }));
    expect(task).toMatchObject({ state: 'paused', next: undefined });
  });

  it('refuses a name that is taken, naming the task that has it', async () => {
    const { task } = await bench.services.createTask(draft());
    await expect(bench.services.createTask(draft())).rejects.toMatchObject({
      code: 'conflict',
      message: `A task named "backup" already exists (${task.id}). Update it with update_task, or choose another name.`,
    });
  });

  it('answers a repeated request with the task that it made', async () => {
    const first = await bench.services.createTask(draft({ idempotencyKey: 'k1' }));
    bench.clock.advance(1_000);
    const second = await bench.services.createTask(draft({ idempotencyKey: 'k1' }));
    expect(second).toMatchObject({ isRepeat: true, task: { id: first.task.id } });
  });

  it('refuses another request under a key that was used', async () => {
    await bench.services.createTask(draft({ idempotencyKey: 'k1' }));
    await expect(
      bench.services.createTask(draft({ name: 'other', idempotencyKey: 'k1' })),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('keeps the keys of two namespaces apart', async () => {
    const profile = bench.as(owner(undefined, 'mcp-scheduler'));
    await bench.services.createTask(draft({ idempotencyKey: 'k1' }));
    const { task, isRepeat } = await profile.createTask(draft({ idempotencyKey: 'k1' }));
    expect({ isRepeat, namespace: task.namespace }).toEqual({
      isRepeat: false,
      namespace: 'mcp-scheduler',
    });
  });

  it('says that a repeated request made a task that has been deleted', async () => {
    await bench.services.createTask(draft({ idempotencyKey: 'k1' }));
    await bench.services.deleteTask('backup');
    await expect(bench.services.createTask(draft({ idempotencyKey: 'k1' }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('warns of secrets that are not set and directories that are not there', async () => {
    const { warnings } = await bench.services.createTask(
      draft({
        action: { ...ECHO, cwd: '~/gone', env: { TOKEN: { kind: 'secret', secret: 'token' } } },
      }),
    );
    expect(warnings.join('\n')).toContain('The secret "token" is not set yet');
    const strict = await openBench(undefined, { isDirectory: async (path) => path === '/there' });
    const { task, receipt } = await strict.services.createTask(
      draft({ action: { ...ECHO, cwd: '~/gone' } }),
    );
    expect(task.definition.action).toMatchObject({ cwd: '/home/ada/gone' });
    expect(receipt?.warnings.join('\n')).toContain('The directory "/home/ada/gone" does not exist');
    const there = draft({ name: 'there', action: { ...ECHO, cwd: '/there' } });
    expect((await strict.services.createTask(there)).warnings).toEqual([]);
    await strict.close();
  });

  it('surfaces warnings also of a task without a schedule', async () => {
    const { when: _when, ...rest } = draft({
      action: { ...ECHO, env: { TOKEN: { kind: 'secret', secret: 'token' } } },
    });
    expect((await bench.services.createTask(rest)).warnings).toHaveLength(1);
  });

  it.each([
    [{ name: '' }, 'name is empty'],
    [{ name: 'x'.repeat(121) }, 'most is 120'],
    [{ name: 'two\nlines' }, 'line break'],
    [{ name: 'hid\u202eden' }, 'cannot be seen'],
    [{ tags: Array.from({ length: 17 }, (_, index) => `t${index}`) }, 'most is 16'],
    [{ tags: ['no spaces'] }, 'is not a tag'],
    [{ when: { once: '2026-11-01T00:00:00Z' } }, 'in the past'],
    [{ when: { cron: '0 0 30 2 *' } }, ''],
    [{ zone: 'Berlin' }, 'time zone "Berlin" is not known'],
    [{ policies: { timeoutMs: 10 } }, 'The timeout is 10ms; it must be from 1s to 1w'],
    [
      { policies: { retry: { attemptsMax: 0 } } },
      'attempts is 0; it must be a whole number from 1',
    ],
    [{ policies: { priority: 101 } }, 'from -100 to 100'],
    [{ policies: { concurrency: 0 } }, 'concurrency'],
    [{ policies: { retry: { jitterRatio: 2 } } }, 'from 0 to 1'],
    [{ policies: { catchUp: { windowMs: -1 } } }, 'catch-up window'],
    [{ policies: { retention: { runsMax: 0 } } }, 'kept runs'],
    [{ action: { ...ECHO, cwd: 'relative/path' } }, 'not an absolute path'],
    [{ action: { ...ECHO, program: { kind: 'shell', text: '  ' } } }, 'command is empty'],
    [{ action: { ...ECHO, program: { kind: 'argv', argv: [''] } } }, 'names no program'],
    [
      { action: { ...ECHO, env: { 'NO-DASH': { kind: 'text', text: '1' } } } },
      'name of a variable',
    ],
    [{ action: { ...ECHO, env: { A: { kind: 'secret', secret: 'a b' } } } }, 'name of a secret'],
    [{ action: http({ url: 'ftp://example.org' }) }, 'beginning with https://'],
    [{ action: http({ url: 'https://ada:secret@example.org/' }) }, 'user name or password'],
    [{ action: http({ method: 'GET /' }) }, 'not an HTTP method'],
    [{ action: http({ headers: { 'a b': { kind: 'text', text: '' } } }) }, 'name of a header'],
    [{ action: http({ headers: { a: { kind: 'text', text: 'x\r\ny: z' } } }) }, 'line break'],
    [
      { action: http({ headers: { 'Content-Length': { kind: 'text', text: '1' } } }) },
      'Leave it out',
    ],
    [{ action: http({ expectedStatus: [[299, 200]] }) }, 'not a range'],
    [{ action: http({ expectedStatus: [] }) }, 'write 1 to 20'],
    [{ idempotencyKey: ' ' }, 'idempotency key'],
  ] as const)('refuses %j, saying what was wrong', async (changes, told) => {
    const error = await bench.services
      .createTask(draft(changes))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Refusal', code: 'invalid' });
    expect(String(error)).toContain(told);
    expect((await bench.services.listTasks({})).items).toEqual([]);
  });

  it('takes options without a schedule for a mistake', async () => {
    const { when: _when, ...rest } = draft({ whenOptions: { runsMax: 3 } });
    await expect(bench.services.createTask(rest)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('needs the scope to write', async () => {
    const reader = bench.as({ ...owner(undefined), scopes: ['tasks:read'] });
    await expect(reader.createTask(draft())).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('writes the method of a request in capitals', async () => {
    const { task } = await bench.services.createTask(draft({ action: http({ method: 'post' }) }));
    expect(task.definition.action).toMatchObject({ method: 'POST' });
    expect(task.definition.policies.timeoutMs).toBe(60_000);
  });
});

function http(changes: object) {
  return {
    kind: 'http',
    method: 'GET',
    url: 'https://example.org/',
    headers: {},
    body: undefined,
    expectedStatus: [[200, 299]],
    ...changes,
  } as const;
}
