import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.ts';
import { failed, succeeded } from '../../support/scripted-executor.ts';
import { openBench, type Bench } from '../../service/bench.ts';
import { openSession, type Session } from './session.ts';

let bench: Bench;
let session: Session;
let id: Json;
beforeEach(async () => {
  bench = await openBench();
  session = openSession(bench);
  const task = await session.get('add_command_task', {
    name: 'once',
    schedule: '0 * * * *',
    command: 'true',
  });
  id = task['id'] ?? '';
});
afterEach(() => bench.close());

/** Lets the next hour come, and its run end. */
async function hour(outcome = succeeded()): Promise<void> {
  const now = bench.clock.now().toZonedDateTimeISO('UTC');
  bench.clock.advanceTo(
    now.add({ hours: 1 }).round({ smallestUnit: 'hour', roundingMode: 'floor' }).toInstant(),
  );
  await bench.plan();
  const [claim] = await bench.take();
  bench.clock.advance(1_000);
  if (claim !== undefined) await bench.finish(claim, outcome);
}

const count = async () => (await session.ask('get_task_executions', { task_id: id })).length;

describe('a task that is done only once', () => {
  it('switches itself off after its first success', async () => {
    await hour();
    expect(await session.get('get_task', { task_id: id })).toMatchObject({
      enabled: false,
      status: 'disabled',
      do_only_once: true,
      next_run: null,
      executions: [{ status: 'completed' }],
    });
    await hour();
    expect(await count()).toBe(1);
  });

  it('tries again at its next time until it succeeds', async () => {
    await hour(failed());
    expect(await session.get('get_task', { task_id: id })).toMatchObject({
      enabled: true,
      status: 'failed',
      next_run: '2026-11-02T10:00:00',
    });
    await hour();
    await hour();
    expect(await count()).toBe(2);
  });

  it('is switched off as well by a success that somebody asked for', async () => {
    const answer = session.get('run_task_now', { task_id: id });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const [claim] = await bench.take();
    if (claim !== undefined) await bench.finish(claim);
    expect(await answer).toMatchObject({ enabled: false, status: 'disabled' });
  });

  it('is done once more when it is enabled again', async () => {
    await hour();
    expect(await session.get('enable_task', { task_id: id })).toMatchObject({
      enabled: true,
      status: 'pending',
    });
    await hour();
    await hour();
    expect(await count()).toBe(2);
    expect(await session.get('get_task', { task_id: id })).toMatchObject({ enabled: false });
  });

  it('stays off when its schedule changes, unless it is enabled', async () => {
    await hour();
    const changes = { task_id: id, schedule: '30 * * * *' };
    expect(await session.get('update_task', changes)).toMatchObject({ enabled: false });
    expect(await session.get('update_task', { task_id: id, enabled: true })).toMatchObject({
      enabled: true,
      next_run: '2026-11-02T09:30:00',
    });
  });

  it('stays as it is when it is disabled after it switched itself off', async () => {
    await hour();
    expect(await session.get('disable_task', { task_id: id })).toMatchObject({ enabled: false });
  });
});
