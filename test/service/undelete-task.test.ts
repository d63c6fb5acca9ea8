import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../src/domain/task.ts';
import { owner } from '../../src/domain/principal.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
let task: Task;
beforeEach(async () => {
  bench = await openBench();
  ({ task } = await bench.services.createTask(draft()));
  bench.clock.advance(1_000);
});
afterEach(() => bench.close());

describe('undeleteTask', () => {
  it('goes on from now and says what was skipped', async () => {
    await bench.services.deleteTask('backup');
    bench.clock.advanceTo('2026-11-02T13:30:00Z');
    const { task: back } = await bench.services.undeleteTask('backup');
    expect(back).toMatchObject({ id: task.id, state: 'active', version: task.version });
    expect(back.next?.scheduledFor.toString()).toBe('2026-11-02T14:00:00Z');
    const ledger = await bench.store.listLedger(task.id, task.createdAt, bench.clock.now(), 9);
    expect(ledger).toMatchObject([{ kind: 'skipped', reason: 'deleted', count: 5 }]);
    const { sentences } = await bench.services.explain({
      task: task.id,
      at: '2026-11-02T10:00:00Z',
    });
    expect(sentences.join(' ')).toContain('the task was deleted until');
  });

  it('leaves a paused task paused, and covers all of it when it is resumed', async () => {
    await bench.services.pauseTask('backup', 'why');
    await bench.services.deleteTask('backup');
    bench.clock.advanceTo('2026-11-02T13:30:00Z');
    const { task: back } = await bench.services.undeleteTask('backup');
    expect(back).toMatchObject({ state: 'paused', stateReason: 'why', next: undefined });
    await bench.services.resumeTask('backup');
    const ledger = await bench.store.listLedger(task.id, task.createdAt, bench.clock.now(), 9);
    expect(ledger).toMatchObject([{ kind: 'skipped', reason: 'paused', count: 5 }]);
  });

  it('lets the followers go on that ended with it', async () => {
    const { task: follower } = await bench.services.createTask({
      name: 'follower',
      action: draft().action,
      after: { task: 'backup' },
    });
    await bench.services.deleteTask('backup');
    expect((await bench.services.getTask(follower.id)).task.state).toBe('ended');
    await bench.services.undeleteTask('backup');
    expect((await bench.services.getTask(follower.id)).task.state).toBe('active');
  });

  it('refuses what was not deleted, what was deleted too long ago, and a name that is taken', async () => {
    await expect(bench.services.undeleteTask('backup')).rejects.toMatchObject({
      code: 'not_found',
    });
    await bench.services.deleteTask('backup');
    await bench.services.createTask(draft());
    await expect(bench.services.undeleteTask(task.id)).rejects.toMatchObject({ code: 'conflict' });
    bench.clock.advance(24 * 3_600_000 + 1);
    await expect(bench.services.undeleteTask(task.id)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is not for runs of agents, and stands in the audit trail', async () => {
    await bench.services.deleteTask('backup');
    const agent = bench.as({ ...owner('test'), kind: 'agent_run' });
    await expect(agent.undeleteTask('backup')).rejects.toMatchObject({ code: 'forbidden' });
    await bench.services.undeleteTask('backup');
    const { items } = await bench.services.listAudit({ verb: 'undelete_task' });
    expect(items.map(({ verdict }) => verdict)).toEqual(['done', 'refused']);
  });
});
