import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import type { RunId } from '../../src/domain/id.ts';
import { WAIT_MS_MAX } from '../../src/service/wait-for-run.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await bench.services.createTask(draft());
});
afterEach(() => bench.close());

const never = new AbortController().signal;

/** Lets the promises that are ready go on; nothing here waits for real time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('runTask', () => {
  it('queues a run now, whoever asks being kept', async () => {
    const run = await bench.services.runTask({ task: 'backup' });
    expect(run).toMatchObject({
      state: 'queued',
      trigger: 'manual',
      scheduledFor: undefined,
      origin: { principal: 'owner', client: 'test 1.0' },
    });
  });

  it('refuses while a run is unfinished, and says how to go on', async () => {
    const run = await bench.services.runTask({ task: 'backup' });
    await expect(bench.services.runTask({ task: 'backup' })).rejects.toMatchObject({
      code: 'conflict',
      message: `"backup" is already running (${run.id}). Wait for it with wait_for_run, cancel it with cancel_run, or pass overlap "allow".`,
    });
    const second = await bench.services.runTask({ task: 'backup', overlap: 'allow' });
    expect(second.id).not.toBe(run.id);
  });

  it('answers a repeated request with the run that it started', async () => {
    const first = await bench.services.runTask({ task: 'backup', idempotencyKey: 'k' });
    const second = await bench.services.runTask({ task: 'backup', idempotencyKey: 'k' });
    expect(second.id).toBe(first.id);
    await expect(
      bench.services.runTask({ task: 'backup', overlap: 'allow', idempotencyKey: 'k' }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('runs paused tasks too, and leaves the next occurrence alone', async () => {
    await bench.services.pauseTask('backup');
    expect((await bench.services.runTask({ task: 'backup' })).state).toBe('queued');
    expect((await bench.services.getTask('backup')).task.state).toBe('paused');
  });

  it('needs the scope to run', async () => {
    const writer = bench.as({ ...owner(undefined), scopes: ['tasks:read', 'tasks:write'] });
    await expect(writer.runTask({ task: 'backup' })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('waitForRun', () => {
  it('answers at once for a run that has ended', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    const [claim] = await bench.take();
    if (claim !== undefined) await bench.finish(claim);
    const { run, attempts } = await bench.services.waitForRun(id, 60_000, never);
    expect(run.state).toBe('succeeded');
    expect(attempts).toHaveLength(1);
    expect(bench.clock.timers).toBe(0);
  });

  it('answers as soon as the end of the run is announced', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    const waiting = bench.services.waitForRun(id, 30_000, never);
    await settle();
    const [claim] = await bench.take();
    await settle();
    if (claim !== undefined) await bench.finish(claim);
    expect((await waiting).run.state).toBe('succeeded');
    expect(bench.clock.timers).toBe(0);
    expect(bench.announcer.listeners).toBe(0);
  });

  it('answers with the run as it is when the time is over', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    const waiting = bench.services.waitForRun(id, 600_000, never);
    for (let second = 0; second < WAIT_MS_MAX / 1_000; second += 1) {
      await settle();
      bench.clock.advance(1_000);
    }
    expect((await waiting).run.state).toBe('queued');
    expect(bench.announcer.listeners).toBe(0);
  });

  it('answers when its caller no longer waits', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    const controller = new AbortController();
    const waiting = bench.services.waitForRun(id, 30_000, controller.signal);
    await settle();
    controller.abort();
    expect((await waiting).run.state).toBe('queued');
    expect(bench.clock.timers).toBe(0);
  });

  it('refuses a run that is not there', async () => {
    const missing: RunId = `run_${'0'.repeat(26)}`;
    await expect(bench.services.waitForRun(missing, 1, never)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(bench.services.getRun('run_x')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('cancelRun', () => {
  it('cancels a run that has not started, and leaves an ended one as it is', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    const cancelled = await bench.services.cancelRun(id, 'not needed');
    expect(cancelled).toMatchObject({ state: 'cancelled', stateReason: 'not needed' });
    expect(await bench.services.cancelRun(id)).toEqual(cancelled);
  });

  it('asks a run in progress to end', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    await bench.take();
    const asked = await bench.services.cancelRun(id);
    expect(asked.state).toBe('running');
    expect(asked.cancelRequestedAt).toEqual(bench.clock.now());
  });
});

describe('readOutput', () => {
  it('reads pages of the latest attempt', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    expect(await bench.services.readOutput({ run: id })).toMatchObject({ text: '', attempt: 0 });
    await bench.take();
    const writer = bench.output.open(id, 1);
    writer.append('stdout', Buffer.from('one two'));
    writer.append('stderr', Buffer.from('!'));
    const first = await bench.services.readOutput({ run: id, bytesMax: 3, stream: 'stdout' });
    expect(first).toMatchObject({ text: 'one', nextOffset: 3, attempt: 1, keptBytes: 7 });
    const rest = await bench.services.readOutput({ run: id, offset: 3, stream: 'stdout' });
    expect(rest.text).toBe(' two');
    expect((await bench.services.readOutput({ run: id, offset: -1 })).text).toBe('!');
  });

  it('never answers with more than its bound', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    await bench.take();
    bench.output.open(id, 1).append('stdout', Buffer.alloc(100_000, 'x'));
    const read = (bytesMax?: number) =>
      bench.services.readOutput(bytesMax === undefined ? { run: id } : { run: id, bytesMax });
    expect((await read()).text).toHaveLength(16_384);
    expect((await read(1e9)).text).toHaveLength(65_536);
  });

  it('refuses an attempt that has not been', async () => {
    const { id } = await bench.services.runTask({ task: 'backup' });
    await bench.take();
    await expect(bench.services.readOutput({ run: id, attempt: 2 })).rejects.toMatchObject({
      code: 'invalid',
      message: `The run ${id} has no attempt 2: it has attempts 1 to 1.`,
    });
  });
});
