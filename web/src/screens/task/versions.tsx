import { useSearchParams } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { useRestore, useVersions, type VersionView } from '../../api/versions.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { Stamp } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { type Difference, differencesOf } from './differences.ts';

/** What the task has said, who changed it, and what is different between two of its versions. */
export function Versions({ task }: { readonly task: TaskView }) {
  const versions = useVersions(task.id);
  return (
    <QueryView query={versions} what="its versions">
      {(page) => (
        <div className="grid items-start gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
          <Card title="Versions" isFlush>
            <VersionList task={task} versions={page.versions} />
            {page.next_cursor === null ? null : (
              <p className="border-t border-line px-4 py-2 text-xs text-soft">
                There are older ones as well.
              </p>
            )}
          </Card>
          {page.versions.length < 2 ? (
            <Card>
              <Empty>It has said the same since it was made.</Empty>
            </Card>
          ) : (
            <Comparison versions={page.versions} />
          )}
        </div>
      )}
    </QueryView>
  );
}

function VersionList({
  task,
  versions,
}: {
  readonly task: TaskView;
  readonly versions: readonly VersionView[];
}) {
  const restore = useRestore(task);
  return (
    <ol className="divide-y divide-line">
      {versions.map(({ version, created_at, changed_by, when }) => (
        <li key={version} className="flex items-start gap-3 px-4 py-2.5 text-sm">
          <div className="min-w-0 flex-1">
            <p className="font-medium">
              Version {version}
              {version === task.version ? (
                <span className="font-normal text-soft"> · it says this now</span>
              ) : null}
            </p>
            <p className="text-xs text-soft">
              {created_at === null ? 'some time ago' : <Stamp at={created_at} />}
              {changed_by === null ? '' : ` by ${changed_by}`}
            </p>
            <p className="truncate text-xs text-soft">{when ?? 'no schedule'}</p>
          </div>
          {version === task.version ? null : (
            <Button
              isSmall
              aria-label={`Restore version ${version}`}
              isBusy={restore.isPending}
              onClick={() => restore.mutate(version)}
            >
              Restore
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Two versions side by side; which two stands in the address. */
function Comparison({ versions }: { readonly versions: readonly VersionView[] }) {
  const [search, setSearch] = useSearchParams();
  const [newest, beforeNewest] = versions;
  const find = (name: string, other: VersionView | undefined) =>
    versions.find(({ version }) => String(version) === search.get(name)) ?? other;
  const before = find('from', beforeNewest);
  const after = find('to', newest);
  if (before === undefined || after === undefined) return null;
  const choose = (name: string, value: string): void => {
    setSearch(
      (asked) => {
        const next = new URLSearchParams(asked);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const options = versions.map(({ version }) => [String(version), `Version ${version}`] as const);
  const differences = differencesOf(before, after);
  return (
    <Card title="What is different">
      <div className="mb-3 grid max-w-md grid-cols-2 gap-3">
        <Choice
          label="From"
          options={options}
          value={String(before.version)}
          onChange={(event) => choose('from', event.target.value)}
        />
        <Choice
          label="To"
          options={options}
          value={String(after.version)}
          onChange={(event) => choose('to', event.target.value)}
        />
      </div>
      {differences.length === 0 ? (
        <p className="text-sm text-soft">These two say the same.</p>
      ) : (
        <dl className="flex flex-col gap-3 text-sm">
          {differences.map((difference) => (
            <Shown key={difference.what} difference={difference} />
          ))}
        </dl>
      )}
    </Card>
  );
}

function Shown({ difference: { what, before, after } }: { readonly difference: Difference }) {
  return (
    <div>
      <dt className="text-soft">{what}</dt>
      <dd className="mt-1 overflow-hidden rounded-md border border-line font-mono text-[13px]">
        {before === undefined ? null : (
          <del className="block bg-bad-wash px-3 py-1 whitespace-pre-wrap text-ink no-underline">
            <span aria-hidden className="text-bad">
              −{' '}
            </span>
            {before}
          </del>
        )}
        {after === undefined ? null : (
          <ins className="block bg-good-wash px-3 py-1 whitespace-pre-wrap text-ink no-underline">
            <span aria-hidden className="text-good">
              +{' '}
            </span>
            {after}
          </ins>
        )}
      </dd>
    </div>
  );
}
