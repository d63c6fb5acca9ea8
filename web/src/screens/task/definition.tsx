import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { useTask } from '../../api/task.ts';
import { Card } from '../../parts/card.tsx';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { Stamp } from '../../parts/moment.tsx';
import {
  said,
  sayAlerts,
  sayBudget,
  sayChecks,
  sayDelegation,
  sayGates,
  sayRunning,
  wordsOf,
} from './say-policies.ts';

/** What is told in a part of its own, or is the heading. */
const TOLD_ELSEWHERE = new Set(['kind', 'delegation']);

/** What a run of the task does, under which policies, and where the task comes from. */
export function Definition({ task }: { readonly task: TaskView }) {
  const { policies, action } = task;
  const parts = [
    ['When it runs and how often it is tried', sayRunning(policies)],
    ['Budget', sayBudget(policies)],
    ['A run counts as a success when', sayChecks(policies)],
    ['Gates: it runs only when one of them has changed', sayGates(policies)],
    ['Alerts', sayAlerts(policies)],
    ['What it may make itself', sayDelegation(action)],
  ] as const;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card title={`What it does: ${action.kind}`} aside={<KindIcon kind={action.kind} />}>
        <Rows
          rows={Object.entries(action)
            .filter(([name, value]) => !TOLD_ELSEWHERE.has(name) && hasSense(value))
            .map(([name, value]) => [wordsOf(name), <Written key={name} value={value} />])}
        />
      </Card>
      <Origin task={task} />
      {parts.map(([title, rows]) =>
        rows.length === 0 ? null : (
          <Card key={title} title={title}>
            <Rows rows={rows} />
          </Card>
        ),
      )}
    </div>
  );
}

function Origin({ task }: { readonly task: TaskView }) {
  const { origin, lineage, after } = task;
  return (
    <Card title="Where it comes from">
      <Rows
        rows={[
          ['Made', <Stamp key="m" at={task.created_at} />],
          [
            'By',
            origin.client === null ? origin.principal : `${origin.principal}, ${origin.client}`,
          ],
          ...(origin.parent_run === null
            ? []
            : ([
                [
                  'In the run',
                  <Link
                    key="r"
                    href={`/runs/${origin.parent_run}`}
                    className="text-bronze hover:underline"
                  >
                    {origin.parent_run}
                  </Link>,
                ],
              ] as const)),
          ...(lineage === null
            ? []
            : ([
                ['Of the task', <TaskLink key="t" id={lineage.parent_task} />],
                ['Depth', String(lineage.depth)],
                ['It ends', <Stamp key="e" at={lineage.ends_at} />],
              ] as const)),
          ...(after === null
            ? []
            : ([
                ['Starts after', <TaskLink key="a" id={after.task_id} />],
                ['When that one', after.outcomes.map(wordsOf).join(' or ')],
              ] as const)),
          ['Changed', <Stamp key="c" at={task.updated_at} />],
          [
            'Version',
            <Link
              key="v"
              href={`/tasks/${task.id}/versions`}
              className="text-bronze hover:underline"
            >
              {task.version}
            </Link>,
          ],
          ...(task.tags.length === 0 ? [] : ([['Tags', task.tags.join(', ')]] as const)),
          ['Id', <code key="i">{task.id}</code>],
        ]}
      />
    </Card>
  );
}

/** Another task by its name, or by its id while that is not known. */
function TaskLink({ id }: { readonly id: string }) {
  const task = useTask(id);
  return (
    <Link href={`/tasks/${id}`} className="text-bronze hover:underline">
      {task.data?.task.name ?? id}
    </Link>
  );
}

function Rows({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="flex flex-col gap-2 text-sm">
      {rows.map(([name, value], index) => (
        <div
          key={`${name} ${index}`}
          className="grid grid-cols-[8rem_minmax(0,1fr)] gap-3 md:grid-cols-[11rem_minmax(0,1fr)]"
        >
          <dt className="text-soft">{name}</dt>
          <dd className="min-w-0 whitespace-pre-wrap">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Something as its author wrote it. */
function Written({ value }: { readonly value: unknown }) {
  if (typeof value === 'string' && value.includes(' ')) {
    return <span className="whitespace-pre-wrap">{value}</span>;
  }
  return <code className="text-[13px] whitespace-pre-wrap">{said(value)}</code>;
}

function hasSense(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
