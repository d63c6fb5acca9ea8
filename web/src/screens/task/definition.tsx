import type { ReactNode } from 'react';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { Card } from '../../parts/card.tsx';
import { Stamp } from '../../parts/moment.tsx';

/** What a run of the task does, under which policies, and where the task comes from. */
export function Definition({ task }: { readonly task: TaskView }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title={`What it does: ${task.action.kind}`}>
        <Values of={task.action} without="kind" />
      </Card>
      <Card title="Policies">
        <Values of={task.policies} />
      </Card>
      <Card title="Where it comes from">
        <Values
          of={{
            made: <Stamp at={task.created_at} />,
            by: task.created_by,
            changed: <Stamp at={task.updated_at} />,
            version: String(task.version),
            id: <code>{task.id}</code>,
            tags: task.tags.join(', '),
          }}
        />
      </Card>
    </div>
  );
}

/** Names and values that say something, one below the other. */
function Values({
  of,
  without,
}: {
  readonly of: Readonly<Record<string, unknown>>;
  readonly without?: string;
}) {
  const told = Object.entries(of).filter(
    ([name, value]) => name !== without && value !== null && value !== '' && !isEmptyList(value),
  );
  return (
    <dl className="flex flex-col gap-2 text-sm">
      {told.map(([name, value]) => (
        <div key={name} className="grid grid-cols-[8rem_minmax(0,1fr)] gap-3">
          <dt className="text-soft">{name.replaceAll('_', ' ')}</dt>
          <dd className="min-w-0">{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function shown(value: unknown): ReactNode {
  if (typeof value === 'string') return <span className="whitespace-pre-wrap">{value}</span>;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object' && value !== null && 'props' in value) return value as ReactNode;
  return (
    <code className="text-[13px] whitespace-pre-wrap">{JSON.stringify(value, undefined, 2)}</code>
  );
}
