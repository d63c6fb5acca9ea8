import type { z } from 'zod';
import type { bulkAnswer } from '../../../src/api/history-view.ts';
import { counted } from '../parts/amount.ts';
import { say, sayFailure } from '../parts/toasts.tsx';
import { useAct } from './actions.ts';
import { send } from './request.ts';

type Named = { readonly id: string; readonly name: string };
export type BulkAnswer = z.output<typeof bulkAnswer>;

/** Deletes tasks, and offers to take that back, as the daemon allows for a day. */
export function useDeleteTasks(): (tasks: readonly Named[]) => void {
  const act = useAct(
    (tasks: readonly Named[]) =>
      send<BulkAnswer>('POST', '/tasks/bulk', { verb: 'delete', tasks: tasks.map(({ id }) => id) }),
    ({ results }, tasks) => {
      const kept = results.find((one) => !one.is_done);
      if (kept !== undefined) sayFailure(new Error(kept.message ?? 'A task was not deleted.'));
      const deleted = tasks.filter(
        ({ id }) => !results.some((one) => one.task === id && !one.is_done),
      );
      if (deleted.length === 0) return;
      const what =
        deleted.length === 1
          ? `"${deleted[0]?.name}" is`
          : `${counted(deleted.length, 'task')} are`;
      say(`${what} deleted.`, () => takeBack(deleted));
    },
  );
  return act.mutate;
}

/** One after the other: each goes on with its schedule from now. */
async function takeBack(tasks: readonly Named[]): Promise<void> {
  for (const { id } of tasks) await send('POST', `/tasks/${id}/undelete`);
}
