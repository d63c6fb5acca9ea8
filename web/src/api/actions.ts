import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TaskView } from '../../../src/api/task-view.ts';
import type { RunView } from '../../../src/api/run-view.ts';
import { say, sayFailure } from '../parts/toasts.tsx';
import { send } from './request.ts';

/**
 * Something that a person does here. The page asks anew for what it may have touched; the stream tells the
 * other tabs.
 */
export function useAct<Given, Answer>(
  act: (given: Given) => Promise<Answer>,
  onDone?: (answer: Answer, given: Given) => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (answer, given) => onDone?.(answer, given),
    onError: sayFailure,
    onSettled: () => client.invalidateQueries(),
  });
}

type Named = { readonly id: string; readonly name: string };

export function useRunNow() {
  return useAct(
    (task: Named) => send<RunView>('POST', `/tasks/${task.id}/runs`),
    (_, task) => say(`"${task.name}" runs now.`),
  );
}

export function usePause() {
  return useAct(
    ({ task, reason }: { readonly task: Named; readonly reason?: string }) =>
      send<TaskView>('POST', `/tasks/${task.id}/pause`, reason === undefined ? {} : { reason }),
    (_, { task }) =>
      say(`"${task.name}" is paused.`, () => send('POST', `/tasks/${task.id}/resume`)),
  );
}

export function useResume() {
  return useAct(
    (task: Named) => send('POST', `/tasks/${task.id}/resume`),
    (_, task) => say(`"${task.name}" goes on.`, () => send('POST', `/tasks/${task.id}/pause`)),
  );
}

export function useStopRun() {
  return useAct(
    (run: { readonly id: string; readonly task: string }) =>
      send<RunView>('POST', `/runs/${run.id}/cancel`),
    (_, run) => say(`"${run.task}" is being stopped.`),
  );
}

export function useSettle() {
  return useAct(
    (item: { readonly id: number; readonly title: string }) =>
      send('POST', `/inbox/${item.id}/settle`, { as: 'done' }),
    (_, item) =>
      say(`Done: ${item.title}`, () => send('POST', `/inbox/${item.id}/settle`, { as: 'unread' })),
  );
}

export type RunChanges = {
  readonly prompt?: string;
  readonly cwd?: string;
  readonly payload?: unknown;
};

export function useRunWith(onStarted: (run: RunView) => void) {
  return useAct(
    ({ task, changes }: { readonly task: Named; readonly changes: RunChanges }) =>
      send<RunView>('POST', `/tasks/${task.id}/runs`, changes),
    (run, { task }) => {
      say(`"${task.name}" runs now, with your changes.`);
      onStarted(run);
    },
  );
}

export function useDuplicate(onMade: (task: TaskView) => void) {
  return useAct(
    (task: Named) => send<{ readonly task: TaskView }>('POST', `/tasks/${task.id}/duplicate`),
    ({ task }) => {
      say(`"${task.name}" is there, paused.`, () => send('DELETE', `/tasks/${task.id}`));
      onMade(task);
    },
  );
}
