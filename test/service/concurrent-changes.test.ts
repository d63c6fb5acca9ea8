import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { servicesFor } from '../../src/service/services-for.ts';
import { owner } from '../../src/domain/principal.ts';
import { draft, openBench, type Bench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

/** Services whose next writes of tasks find that somebody was faster, `times` times. */
function outpaced(times: number) {
  let left = times;
  const store: Store = {
    ...bench.store,
    updateTask: async (task, change, entries) => {
      left -= 1;
      return left >= 0 ? 'stale' : bench.store.updateTask(task, change, entries);
    },
    deleteTask: async (id, revision, at) => {
      left -= 1;
      return left >= 0 ? 'stale' : bench.store.deleteTask(id, revision, at);
    },
  };
  return servicesFor({ ...bench.ports, store })(owner('other'));
}

describe('changes at the same time', () => {
  it('make one task of one name', async () => {
    const made = await Promise.allSettled([1, 2, 3].map(() => bench.services.createTask(draft())));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await bench.services.listTasks({})).items).toHaveLength(1);
  });

  it('make one task of one idempotency key', async () => {
    const request = draft({ idempotencyKey: 'k' });
    const made = await Promise.all([1, 2, 3].map(() => bench.services.createTask(request)));
    expect(new Set(made.map(({ task }) => task.id)).size).toBe(1);
    expect(made.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
  });

  it('are all kept', async () => {
    await bench.services.createTask(draft());
    await Promise.all([
      bench.services.updateTask('backup', { tags: ['a'] }),
      bench.services.updateTask('backup', { description: 'b' }),
      bench.services.pauseTask('backup'),
    ]);
    const { task } = await bench.services.getTask('backup');
    expect(task).toMatchObject({
      state: 'paused',
      definition: { tags: ['a'], description: 'b' },
      version: 3,
    });
  });

  it('are tried again, and given up after a while', async () => {
    await bench.services.createTask(draft());
    await outpaced(3).updateTask('backup', { tags: ['a'] });
    expect((await bench.services.getTask('backup')).task.definition.tags).toEqual(['a']);
    await expect(outpaced(100).pauseTask('backup')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(outpaced(100).deleteTask('backup')).rejects.toMatchObject({ code: 'unavailable' });
    await outpaced(3).deleteTask('backup');
    expect((await bench.services.listTasks({})).items).toEqual([]);
  });
});
