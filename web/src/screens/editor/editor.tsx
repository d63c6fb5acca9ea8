import { useMemo } from 'react';
import { useLocation, useParams, useSearchParams } from 'wouter';
import { type TaskDetail, useTask } from '../../api/task.ts';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import type { Draft } from './draft.ts';
import { EditorForm } from './editor-form.tsx';
import { draftOfSearch } from './start-draft.ts';
import { toDraft } from './task-body.ts';

/** A new task, begun from an address or from a copy of another. */
export function NewTask() {
  const [search] = useSearchParams();
  const copied = search.get('copy');
  return copied === null ? (
    <NewFrom start={draftOfSearch(search)} address={`new?${search.toString()}`} />
  ) : (
    <CopyOf id={copied} />
  );
}

function CopyOf({ id }: { readonly id: string }) {
  const task = useTask(id);
  return (
    <QueryView query={task} what="the task">
      {({ task: view }) => (
        <NewFrom
          start={{ ...toDraft(view), name: `${view.name} (copy)` }}
          address={`copy?${view.id}`}
        />
      )}
    </QueryView>
  );
}

function NewFrom({ start, address }: { readonly start: Draft; readonly address: string }) {
  const [, go] = useLocation();
  return (
    <Page title="New task" lead="When it runs, what it does, and what becomes of it.">
      <EditorForm
        key={address}
        address={address}
        start={start}
        back="/tasks"
        onSaved={(made) => go(`/tasks/${made.id}`)}
      />
      <HowTo
        cli={`carillon tasks add backup --when 'every day at 2' -- ./backup.sh`}
        tool="create_task"
        input={{
          name: 'backup',
          when: 'every day at 2',
          action: { kind: 'command', command: './backup.sh' },
        }}
      />
    </Page>
  );
}

export function EditTask() {
  const { id } = useParams<{ id: string }>();
  const task = useTask(id);
  return (
    <QueryView query={task} what="the task">
      {(detail) => <Edited detail={detail} />}
    </QueryView>
  );
}

function Edited({ detail: { task } }: { readonly detail: TaskDetail }) {
  const [, go] = useLocation();
  const start = useMemo(() => toDraft(task), [task]);
  return (
    <Page title={`Edit ${task.name}`}>
      <EditorForm
        key={task.id}
        address={`edit ${task.id}`}
        start={start}
        task={task}
        back={`/tasks/${task.id}`}
        onSaved={(saved) => go(`/tasks/${saved.id}`)}
      />
      <HowTo
        cli={`carillon tasks edit ${task.id} --when 'every hour'`}
        tool="update_task"
        input={{ task: task.id, when: 'every hour' }}
      />
    </Page>
  );
}
