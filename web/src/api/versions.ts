import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { versionAnswer, versionPage } from '../../../src/api/history-view.ts';
import { say } from '../parts/toasts.tsx';
import { useAct } from './actions.ts';
import { get, send } from './request.ts';

export type VersionView = z.output<typeof versionAnswer>;

const SHOWN_MAX = 50;

/** What a task has said, newest first. */
export function useVersions(task: string) {
  return useQuery({
    queryKey: ['task', task, 'versions'],
    queryFn: ({ signal }) =>
      get<z.output<typeof versionPage>>(`/tasks/${task}/versions`, { limit: SHOWN_MAX }, signal),
  });
}

/** Lets the task say again what it said in a version; that is an edit, and can be taken back like one. */
export function useRestore(task: { readonly id: string; readonly version: number }) {
  const restore = (version: number) =>
    send('POST', `/tasks/${task.id}/versions/${version}/restore`);
  return useAct(restore, (_, version) =>
    say(`It says what version ${version} said.`, () => restore(task.version)),
  );
}
