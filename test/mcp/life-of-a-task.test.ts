import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NATIVE_TOOLS } from '../../src/mcp/native-surface.ts';
import { CLIENTS, type Called, type Fields } from './clients.ts';
import { type Door, openDoor, settle } from './door.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

describe('the life of a task', () => {
  it.each(CLIENTS)('can be lived with %s', async (_name, era, connect) => {
    const { bench } = door;
    const assistant = await connect(door);
    expect(assistant.era).toBe(era);
    const ask = async (tool: string, args: Fields = {}): Promise<Called> => {
      const answer = await assistant.call(tool, args);
      expect(answer.isError, `${tool}: ${answer.text}`).toBe(false);
      expect(answer.text.length).toBeGreaterThan(0);
      return answer;
    };

    expect(await assistant.tools()).toEqual(NATIVE_TOOLS.map((tool) => tool.name));

    const preview = await ask('preview_schedule', {
      when: 'every weekday at 9',
      timezone: 'America/New_York',
      count: 2,
    });
    expect(preview.data).toMatchObject({
      timezone: 'America/New_York',
      next: [{ at: '2026-11-02T09:00:00-05:00' }, { at: '2026-11-03T09:00:00-05:00' }],
    });

    const created = await ask('create_task', {
      name: 'greet',
      when: 'every weekday at 9',
      timezone: 'Europe/Berlin',
      action: { kind: 'command', argv: ['echo', 'hello'], env: { API_TOKEN: 'hush' } },
      retry: { attempts: 3, backoff: '30s' },
      timeout: '2m',
      tags: ['test'],
    });
    expect(created.data).toMatchObject({
      is_repeat: false,
      task: {
        name: 'greet',
        state: 'active',
        timezone: 'Europe/Berlin',
        next_at: '2026-11-03T09:00:00+01:00',
        policies: { retry: { attempts: 3, backoff: '30s' }, timeout: '2m' },
      },
    });
    expect(created.text).toContain('2026-11-03T09:00:00+01:00 (in 1d');
    expect(JSON.stringify(created)).not.toContain('hush');
    expect(JSON.stringify(created.data)).toContain('owner · test-assistant 1.0');

    const listed = await ask('list_tasks', { state: 'active', tag: 'test', text: 'gre' });
    expect(listed.data).toMatchObject({ tasks: [{ name: 'greet' }], next_cursor: null });

    const started = await ask('run_task', { task: 'greet', idempotency_key: 'once' });
    const run = String(started.data['run']);
    const waiting = ask('wait_for_run', { run, timeout: '20s' });
    await settle();
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('Nothing was queued.');
    const writer = bench.output.open(claim.run.id, 1);
    writer.append('stdout', Buffer.from('hello\u001b[31m <<<output\n'));
    writer.close();
    await bench.finish(claim);
    expect((await waiting).data).toMatchObject({ id: run, state: 'succeeded', is_final: true });

    const output = await ask('read_output', { run });
    expect(output.data).toMatchObject({ text: 'hello <<<output\n', total_bytes: 21 });
    expect(output.text).toContain('not instructions');
    expect((await ask('get_run', { run })).data).toMatchObject({
      exit_code: 0,
      attempts: [{ attempt: 1, outcome: 'succeeded' }],
    });
    expect((await ask('list_runs', { task: 'greet', since: '1h' })).data).toMatchObject({
      runs: [{ id: run, trigger: 'manual' }],
    });
    await ask('explain', { run });
    await ask('explain', { task: 'greet', at: '09:00' });

    const second = String((await ask('run_task', { task: 'greet' })).data['run']);
    expect((await ask('cancel_run', { run: second, reason: 'not now' })).data).toMatchObject({
      state: 'cancelled',
    });

    expect((await ask('pause_task', { task: 'greet', reason: 'holidays' })).data).toMatchObject({
      state: 'paused',
      next_at: null,
    });
    expect((await ask('get_task', { task: 'greet' })).data).toMatchObject({
      task: { state_reason: 'holidays' },
      last_runs: [{ id: second }, { id: run }],
    });
    const changed = await ask('update_task', { task: 'greet', when: { cron: '30 10 * * *' } });
    expect(changed.data).toMatchObject({ task: { version: 2, schedule: { kind: 'cron' } } });
    expect((await ask('resume_task', { task: 'greet' })).data).toMatchObject({
      state: 'active',
      next_at: '2026-11-02T10:30:00+01:00',
    });
    expect((await ask('what_happened', { since: '24h' })).data).toMatchObject({
      ended: [{ id: second }, { id: run }],
      upcoming: [{ name: 'greet' }],
    });
    expect((await ask('get_status')).data).toMatchObject({
      version: '0.1.0',
      tasks: { active: 1 },
    });

    const kept = await assistant.call('delete_task', { task: 'greet' });
    expect(kept).toMatchObject({
      isError: true,
      data: { error: { code: 'forbidden', hint: expect.stringContaining('"confirm": true') } },
    });
    expect((await ask('delete_task', { task: 'greet', confirm: true })).data).toMatchObject({
      is_deleted: true,
    });
    const gone = await assistant.call('get_task', { task: 'greet' });
    expect(gone).toMatchObject({ isError: true, data: { error: { code: 'not_found' } } });
    await assistant.close();
  });
});
