import { useQuery } from '@tanstack/react-query';
import type { AuditEntryView } from '../../../../src/api/audit-view.ts';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { get } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { type Draft, type Entered, isBlank, isSame } from './draft.ts';
import { fieldsOf } from './task-body.ts';

const SHOWN_CHARS_MAX = 80;
const ENTRIES_LOOKED_AT = 20;

/** Says that the task was changed by somebody else meanwhile, who and what, and lets both go on. */
export function Conflict({
  task,
  base,
  theirs,
  mine,
  onMerge,
  onTheirs,
}: {
  readonly task: TaskView;
  /** What the task said when editing began. */
  readonly base: Draft;
  readonly theirs: Draft;
  readonly mine: Draft;
  readonly onMerge: () => void;
  readonly onTheirs: () => void;
}) {
  const author = useAuthor(task);
  const changed = changesBetween(base, theirs);
  return (
    <section
      role="alert"
      aria-label="Changed meanwhile"
      className="flex flex-col gap-3 rounded-lg border border-warn bg-warn-wash p-4 text-sm"
    >
      <p className="font-medium">
        {author === undefined ? 'Somebody' : author} has changed this task{' '}
        <Moment at={task.updated_at} />. What you typed is kept.
      </p>
      {changed.length === 0 ? (
        <p>Nothing that stands in these fields is different.</p>
      ) : (
        <ul className="flex list-disc flex-col gap-1 pl-5">
          {changed.map(({ path, label }) => (
            <li key={path}>
              {label}: {said(base[path])} → {said(theirs[path])}
              {isSameEntry(base[path], mine[path]) ? null : '; you have changed it too'}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onMerge}>Keep mine, take the rest of theirs</Button>
        <Button onClick={onTheirs}>Drop mine</Button>
      </div>
    </section>
  );
}

/** Their task with what was changed here. */
export function merged(base: Draft, theirs: Draft, mine: Draft): Draft {
  const own = Object.entries(mine).filter(([path, entered]) => !isSameEntry(base[path], entered));
  return { ...theirs, ...Object.fromEntries(own) };
}

/** The fields in which two tasks differ. */
function changesBetween(before: Draft, after: Draft) {
  const all = new Map([...fieldsOf(before), ...fieldsOf(after)].map((spec) => [spec.path, spec]));
  return [...all.values()].filter(
    ({ path, isOnlyHere }) => isOnlyHere !== true && !isSameEntry(before[path], after[path]),
  );
}

function isSameEntry(one: Entered | undefined, other: Entered | undefined): boolean {
  return isSame(one === undefined ? {} : { one }, other === undefined ? {} : { one: other });
}

function said(entered: Entered | undefined): string {
  if (entered === undefined || isBlank(entered)) return 'nothing';
  if (typeof entered === 'boolean') return 'yes';
  const text = typeof entered === 'string' ? entered : entered.map(({ name }) => name).join(', ');
  return text.length > SHOWN_CHARS_MAX ? `“${text.slice(0, SHOWN_CHARS_MAX)}…”` : `“${text}”`;
}

const LOOK_MS = 700;
const LOOKS_MAX = 5;

/** Who made it what it is now, as far as this person may know. The trail is written after the change. */
function useAuthor({ id, revision }: TaskView): string | undefined {
  const isIt = ({ subject, detail }: AuditEntryView): boolean =>
    subject === id && revisionIn(detail) === revision;
  const trail = useQuery({
    queryKey: ['audit', 'author', id, revision],
    queryFn: ({ signal }) =>
      get<{ readonly entries: readonly AuditEntryView[] }>(
        '/audit',
        { verdict: 'done', limit: ENTRIES_LOOKED_AT },
        signal,
      ),
    retry: false,
    refetchInterval: ({ state }) =>
      state.dataUpdateCount >= LOOKS_MAX || state.data?.entries.some(isIt) === true
        ? false
        : LOOK_MS,
  });
  const entry = trail.data?.entries.find(isIt);
  if (entry === undefined) return undefined;
  return entry.client === null ? entry.principal : `${entry.principal} (${entry.client})`;
}

function revisionIn(detail: unknown): unknown {
  return (detail as { readonly after?: { readonly revision?: unknown } | null } | null)?.after
    ?.revision;
}
