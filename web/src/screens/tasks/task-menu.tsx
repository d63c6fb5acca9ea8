import { useState } from 'react';
import { useLocation } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { useDuplicate, usePause, useResume, useRunNow } from '../../api/actions.ts';
import { useDeleteTasks } from '../../api/deletions.ts';
import { ActionMenu } from '../../parts/action-menu.tsx';
import { copyText } from '../../parts/copy-text.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { say } from '../../parts/toasts.tsx';
import { RunWithChanges } from './run-with-changes.tsx';

/** Everything that can be done with a task. */
export function TaskMenu({ task }: { readonly task: TaskView }) {
  const [path, go] = useLocation();
  const [asking, setAsking] = useState<'changes' | 'reason' | undefined>(undefined);
  const runNow = useRunNow();
  const pause = usePause();
  const resume = useResume();
  const duplicate = useDuplicate((made) => go(`/tasks/${made.id}`));
  const deleteTasks = useDeleteTasks();
  const copy = (what: string, text: string) => () =>
    void copyText(text).then(() => say(`${what} is in the clipboard.`));
  return (
    <>
      <ActionMenu
        label={`What to do with ${task.name}`}
        choices={[
          { kind: 'action', text: 'Run now', act: () => runNow.mutate(task) },
          { kind: 'action', text: 'Run with changes…', act: () => setAsking('changes') },
          { kind: 'line' },
          task.state === 'paused'
            ? { kind: 'action', text: 'Resume', act: () => resume.mutate(task) }
            : {
                kind: 'action',
                text: 'Pause…',
                isDisabled: task.state === 'ended',
                act: () => setAsking('reason'),
              },
          { kind: 'action', text: 'Edit', act: () => go(`/tasks/${task.id}/edit`) },
          { kind: 'action', text: 'Duplicate', act: () => duplicate.mutate(task) },
          { kind: 'line' },
          {
            kind: 'action',
            text: 'Copy as a command',
            act: copy('The command', `carillon tasks run ${task.id}`),
          },
          {
            kind: 'action',
            text: 'Copy as a tool call',
            act: copy('The tool call', `run_task ${JSON.stringify({ task: task.id })}`),
          },
          { kind: 'line' },
          {
            kind: 'action',
            text: 'Delete',
            isDanger: true,
            act: () => {
              deleteTasks([task]);
              if (path !== '/tasks') go('/tasks');
            },
          },
        ]}
      />
      {asking === 'changes' ? (
        <RunWithChanges task={task} onClose={() => setAsking(undefined)} />
      ) : null}
      {asking === 'reason' ? (
        <ReasonDialog
          title={`Pause "${task.name}"`}
          verb="Pause"
          hint="It stands beside the task until it is resumed."
          onClose={() => setAsking(undefined)}
          onReason={(reason) => pause.mutate({ task, ...(reason === undefined ? {} : { reason }) })}
        />
      ) : null}
    </>
  );
}
