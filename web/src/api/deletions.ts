import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { z } from 'zod';
import type { bulkAnswer } from '../../../src/api/history-view.ts';
import { counted } from '../parts/amount.ts';
import { say, sayFailure } from '../parts/toasts.tsx';
import { send, sendAtLast } from './request.ts';

type Named = { readonly id: string; readonly name: string };
export type BulkAnswer = z.output<typeof bulkAnswer>;

/** How long a deletion can be taken back, in milliseconds: as long as its offer is shown. */
const TAKEN_BACK_MS = 10_000;

let leaving: ReadonlySet<string> = new Set();
const hearers = new Set<() => void>();

/** Tasks that are about to be deleted, by their ids; lists leave them out. */
export function useLeavingTasks(): ReadonlySet<string> {
  return useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => leaving,
  );
}

/**
 * Deletes tasks after the time in which that can be taken back, or when the page is left: what is deleted
 * cannot be had again, so it is not deleted before.
 */
export function useDeleteTasks(): (tasks: readonly Named[]) => void {
  const client = useQueryClient();
  return (tasks) => {
    const ids = tasks.map(({ id }) => id);
    const settle = (): void => {
      window.clearTimeout(timer);
      window.removeEventListener('pagehide', atLast);
    };
    const carryOut = async (): Promise<void> => {
      settle();
      try {
        const { results } = await send<BulkAnswer>('POST', '/tasks/bulk', {
          verb: 'delete',
          tasks: ids,
        });
        const kept = results.find((one) => !one.is_done);
        if (kept !== undefined) sayFailure(new Error(kept.message ?? 'A task was not deleted.'));
      } catch (error) {
        sayFailure(error);
      }
      await client.invalidateQueries();
      setLeaving(without(ids));
    };
    const atLast = (): void => {
      settle();
      sendAtLast('/tasks/bulk', { verb: 'delete', tasks: ids });
    };
    const timer = window.setTimeout(() => void carryOut(), TAKEN_BACK_MS);
    window.addEventListener('pagehide', atLast);
    setLeaving(new Set([...leaving, ...ids]));
    const what =
      tasks.length === 1 ? `"${tasks[0]?.name}" is` : `${counted(tasks.length, 'task')} are`;
    say(`${what} deleted.`, () => {
      settle();
      setLeaving(without(ids));
      return Promise.resolve();
    });
  };
}

function setLeaving(next: ReadonlySet<string>): void {
  leaving = next;
  for (const hear of hearers) hear();
}

function without(ids: readonly string[]): ReadonlySet<string> {
  return new Set([...leaving].filter((id) => !ids.includes(id)));
}
