import { useState } from 'react';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { useAct } from '../../api/actions.ts';
import { type BulkAnswer, useDeleteTasks } from '../../api/deletions.ts';
import { get, send } from '../../api/request.ts';
import type { TaskPage } from '../../api/tasks.ts';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { say, sayFailure } from '../../parts/toasts.tsx';
import type { Asked } from './asked.ts';

/** What one request may change, as the daemon has it. */
const TASKS_MAX = 200;
const PAGE = 50;

type Verb = 'pause' | 'resume' | 'run';
const DONE: Readonly<Record<Verb, string>> = {
  pause: 'paused',
  resume: 'resumed',
  run: 'started',
};
const OPPOSITE = { pause: 'resume', resume: 'pause' } as const;

/** What is done to the chosen tasks, or to everything that the filter means. */
export function BulkBar({
  picked,
  asked,
  hasMore,
  onClear,
}: {
  readonly picked: readonly TaskView[];
  readonly asked: Asked;
  /** Whether the filter means more than what is picked. */
  readonly hasMore: boolean;
  readonly onClear: () => void;
}) {
  const [isAll, setAll] = useState(false);
  const [isPausing, setPausing] = useState(false);
  const deleteTasks = useDeleteTasks();
  const target = isAll ? { filter: filterOf(asked) } : { tasks: picked.map(({ id }) => id) };
  const act = useAct(
    (given: { readonly verb: Verb; readonly reason?: string }) =>
      send<BulkAnswer>('POST', '/tasks/bulk', { ...given, ...target }),
    ({ results }, { verb }) => {
      tellResults(results, verb);
      onClear();
    },
  );
  const remove = async (): Promise<void> => {
    try {
      deleteTasks(isAll ? await everythingLike(asked) : picked);
      onClear();
    } catch (error) {
      sayFailure(error);
    }
  };
  return (
    <div
      role="toolbar"
      aria-label="Chosen tasks"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-bronze-wash px-4 py-2 text-sm"
    >
      <span className="mr-2 font-medium">
        {isAll ? 'Everything that the filter means' : `${picked.length} chosen`}
      </span>
      {hasMore && !isAll ? (
        <Button isSmall onClick={() => setAll(true)}>
          Take everything that the filter means
        </Button>
      ) : null}
      <Button isSmall isBusy={act.isPending} onClick={() => act.mutate({ verb: 'run' })}>
        Run now
      </Button>
      <Button isSmall isBusy={act.isPending} onClick={() => setPausing(true)}>
        Pause…
      </Button>
      <Button isSmall isBusy={act.isPending} onClick={() => act.mutate({ verb: 'resume' })}>
        Resume
      </Button>
      <Button isSmall look="danger" onClick={() => void remove()}>
        Delete
      </Button>
      <Button isSmall look="quiet" onClick={onClear}>
        Clear
      </Button>
      {isPausing ? (
        <ReasonDialog
          title={isAll ? 'Pause everything like this' : `Pause ${counted(picked.length, 'task')}`}
          verb="Pause"
          hint="It stands beside the tasks until they are resumed."
          onClose={() => setPausing(false)}
          onReason={(reason) =>
            act.mutate({ verb: 'pause', ...(reason === undefined ? {} : { reason }) })
          }
        />
      ) : null}
    </div>
  );
}

function tellResults(results: BulkAnswer['results'], verb: Verb): void {
  const done = results.filter((one) => one.is_done).map((one) => one.task);
  const refused = results.find((one) => !one.is_done);
  const undo =
    verb === 'run' || done.length === 0
      ? undefined
      : () => send('POST', '/tasks/bulk', { verb: OPPOSITE[verb], tasks: done });
  say(`${counted(done.length, 'task')} ${DONE[verb]}.`, undo);
  if (refused !== undefined) {
    const count = results.length - done.length;
    sayFailure(new Error(`${count} not: ${refused.message ?? 'refused'}`));
  }
}

function filterOf({ state, tag, text, kind, made_by }: Asked) {
  return {
    ...(state === undefined ? {} : { states: [state] }),
    ...(tag === undefined ? {} : { tag }),
    ...(text === undefined ? {} : { text }),
    ...(kind === undefined ? {} : { kind }),
    ...(made_by === undefined ? {} : { made_by }),
  };
}

/** The tasks themselves, so that their deletion can be taken back. */
async function everythingLike(asked: Asked): Promise<readonly TaskView[]> {
  const found: TaskView[] = [];
  let cursor: string | null = null;
  do {
    const page: TaskPage = await get('/tasks', {
      ...asked,
      cursor: cursor ?? undefined,
      limit: PAGE,
    });
    found.push(...page.tasks);
    cursor = page.next_cursor;
  } while (cursor !== null && found.length <= TASKS_MAX);
  if (found.length <= TASKS_MAX) return found;
  throw new Error(`The filter means more than ${TASKS_MAX} tasks. Narrow it.`);
}
