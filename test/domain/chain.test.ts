import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AFTER_OUTCOMES,
  CHAIN_TASKS_MAX,
  isFollowed,
  problemWithChain,
} from '../../src/domain/chain.ts';
import type { TaskId } from '../../src/domain/id.ts';

const ID: TaskId = 'task_a';
const taskId = fc.nat(40).map((number): TaskId => `task_${number}`);

describe('a chain', () => {
  it('goes on after the outcomes that were asked for, and never after a run that was cancelled', () => {
    fc.assert(
      fc.property(fc.subarray([...AFTER_OUTCOMES], { minLength: 1 }), (outcomes) => {
        const after = { taskId: ID, outcomes };
        const any = outcomes.includes('any');
        expect(isFollowed(after, 'succeeded')).toBe(any || outcomes.includes('succeeded'));
        expect(isFollowed(after, 'failed')).toBe(any || outcomes.includes('failed'));
        expect(isFollowed(after, 'cancelled')).toBe(false);
      }),
    );
  });

  it('is sound exactly when it leads back to no task and is short enough', () => {
    fc.assert(
      fc.property(fc.array(taskId, { maxLength: CHAIN_TASKS_MAX + 5 }), taskId, (above, id) => {
        const isSound =
          !above.includes(id) &&
          new Set(above).size === above.length &&
          above.length < CHAIN_TASKS_MAX;
        expect(problemWithChain(id, above) === undefined).toBe(isSound);
      }),
    );
  });

  it('says that a task which leads to itself does', () => {
    expect(problemWithChain(ID, [ID])).toEqual({ kind: 'cycle' });
    expect(problemWithChain(ID, ['task_b', 'task_c', ID])).toEqual({ kind: 'cycle' });
  });
});
