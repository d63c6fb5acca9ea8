import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { ExplanationView } from '../../../../src/api/explanation-view.ts';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { get } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { TextField } from '../../parts/field.tsx';
import { QueryView } from '../../parts/query-view.tsx';

/** Why a task ran at a time, or did not; the time stands in the address. */
export function Why({ task }: { readonly task: TaskView }) {
  const [search, setSearch] = useSearchParams();
  const at = search.get('at') ?? '';
  const [typed, setTyped] = useState(at);
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setSearch(typed === '' ? {} : { at: typed }, { replace: true });
  };
  return (
    <Card title="Why did nothing happen?">
      <form onSubmit={ask} className="flex flex-wrap items-end gap-2">
        <div className="min-w-56 flex-1">
          <TextField
            label={`At (${task.timezone})`}
            type="datetime-local"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
        <Button type="submit">Explain</Button>
      </form>
      {at === '' ? (
        <p className="mt-2 text-xs text-soft">
          Tells of any time, past or to come, whether the task ran then, and why or why not.
        </p>
      ) : (
        <Answer task={task} at={at} />
      )}
    </Card>
  );
}

function Answer({ task, at }: { readonly task: TaskView; readonly at: string }) {
  const explanation = useQuery({
    queryKey: ['task', task.id, 'explanation', at],
    queryFn: ({ signal }) => get<ExplanationView>('/explain', { task: task.id, at }, signal),
  });
  return (
    <QueryView query={explanation} what="the reason">
      {({ sentences, entries, run }) => (
        <div className="mt-3 flex flex-col gap-2 text-sm" role="status">
          {sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          {run === null ? null : (
            <Link href={`/runs/${run.id}`} className="text-bronze hover:underline">
              Open the run
            </Link>
          )}
          {entries.map((entry) => (
            <p key={`${entry.from} ${entry.became}`} className="text-soft">
              {entry.from === entry.to ? entry.from : `${entry.from} to ${entry.to}`}:{' '}
              {entry.became}
              {entry.reason === null ? '' : `, ${entry.reason}`}
              {entry.run === null ? null : (
                <>
                  {' '}
                  <Link href={`/runs/${entry.run}`} className="text-bronze hover:underline">
                    Open the run
                  </Link>
                </>
              )}
            </p>
          ))}
        </div>
      )}
    </QueryView>
  );
}
