import { useCallback, useEffect, useRef, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { RunView } from '../../../../src/api/run-view.ts';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { Refused, get, send } from '../../api/request.ts';
import { runAction } from '../../api/run-action.ts';
import { useTasks } from '../../api/tasks.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { LiveRun } from '../../parts/live-run.tsx';
import { say, tellFailure } from '../../parts/toasts.tsx';
import { ACTION_FIELDS } from './action-fields.ts';
import { Conflict, merged } from './conflict.tsx';
import { CostNote } from './cost-note.tsx';
import { type Draft, type Entered, isSame, kindOf, textOf } from './draft.ts';
import { EngineField } from './engine-field.tsx';
import { FieldProblem } from './field-spec.ts';
import { type Editing, Fields } from './field-view.tsx';
import { Folded } from './folded.tsx';
import { KindSwitch } from './kind-switch.tsx';
import { NAME_FIELDS, POLICY_GROUPS } from './policy-fields.ts';
import { keepDraft, keptDraft } from './start-draft.ts';
import { fieldNamedIn, fieldsOf, toActionBody, toBody, toDraft, toEdit } from './task-body.ts';
import { WhenCard } from './when-field.tsx';

type Told = { readonly path?: string; readonly message: string; readonly hint?: string };

/** The fields of a task, new or old: what is typed stays typed, and what is refused stands beside its field. */
export function EditorForm({
  address,
  start,
  task,
  onSaved,
  back,
}: {
  /** Under which what is typed is kept. */
  readonly address: string;
  readonly start: Draft;
  /** As it is now; absent for a new one. */
  readonly task?: TaskView;
  readonly onSaved: (task: TaskView) => void;
  readonly back: string;
}) {
  const [base, setBase] = useState({
    draft: start,
    revision: task?.revision,
    version: task?.version,
  });
  const [draft, setDraft] = useState<Draft>(() => keptDraft(address) ?? start);
  const [wasKept, setWasKept] = useState(() => keptDraft(address) !== undefined);
  const [told, setTold] = useState<Told>();
  const [isSaving, setSaving] = useState(false);
  const [perDay, setPerDay] = useState<number>();
  const form = useRef<HTMLFormElement>(null);
  const client = useQueryClient();
  const isDirty = !isSame(draft, base.draft);
  const leave = useKept(address, draft, isDirty);
  const change = useCallback((path: string, entered: Entered) => {
    setDraft((before) => ({ ...before, [path]: entered }));
    setTold((before) => (before?.path === path ? undefined : before));
  }, []);
  useEffect(() => {
    if (told?.path === undefined) return undefined;
    const wanted = `[data-field="${told.path}"] :is(input, textarea, select)`;
    // What is folded has to be unfolded before it can have the focus.
    const frame = window.requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>(wanted)?.focus(),
    );
    return () => window.cancelAnimationFrame(frame);
  }, [told]);

  const tell = (error: unknown): void => {
    if (error instanceof FieldProblem) {
      setTold({ path: error.path, message: error.message });
      return;
    }
    const { title, hint } = tellFailure(error);
    const path = error instanceof Refused ? fieldNamedIn(title, fieldsOf(draft)) : undefined;
    setTold({
      message: title,
      ...(path === undefined ? {} : { path }),
      ...(hint === undefined ? {} : { hint }),
    });
    // Somebody else may have changed it: then the newer one shows what.
    if (error instanceof Refused && error.code === 'conflict') void client.invalidateQueries();
  };
  const save = async (): Promise<void> => {
    setSaving(true);
    setTold(undefined);
    try {
      const saved = await store(task, base, draft);
      leave();
      void client.invalidateQueries();
      onSaved(saved);
    } catch (error) {
      tell(error);
    } finally {
      setSaving(false);
    }
  };
  const editing: Editing = {
    draft,
    problem: told?.path === undefined ? undefined : { path: told.path, message: told.message },
    change,
  };
  const kind = kindOf(draft);
  const theirs = task === undefined || task.revision === base.revision ? undefined : toDraft(task);
  const takeTheirs = (next: Draft): void => {
    if (task === undefined || theirs === undefined) return;
    setBase({ draft: theirs, revision: task.revision, version: task.version });
    setDraft(next);
    setTold(undefined);
  };
  return (
    <form
      ref={form}
      noValidate
      className="flex max-w-4xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Suggestions />
      {wasKept && isDirty ? (
        <p
          role="status"
          className="flex flex-wrap items-center gap-3 rounded-lg bg-sunk px-4 py-2 text-sm"
        >
          What you had typed here is back.
          <Button
            isSmall
            onClick={() => {
              setDraft(base.draft);
              setWasKept(false);
            }}
          >
            Begin anew
          </Button>
        </p>
      ) : null}
      {task === undefined || theirs === undefined ? null : (
        <Conflict
          task={task}
          base={base.draft}
          theirs={theirs}
          mine={draft}
          onMerge={() => takeTheirs(merged(base.draft, theirs, draft))}
          onTheirs={() => takeTheirs(theirs)}
        />
      )}
      <Card title="What it is called">
        <Fields specs={NAME_FIELDS} editing={editing} />
      </Card>
      <WhenCard editing={editing} onRunsPerDay={setPerDay} />
      <Card title="What it does" isFlush>
        <div className="flex flex-col gap-4 px-4 pb-4">
          <KindSwitch kind={kind} onKind={(next) => change('action.kind', next)} />
          {kind === 'agent' ? <EngineField editing={editing} /> : null}
          <Fields specs={ACTION_FIELDS[kind].main} editing={editing} />
          <CostNote draft={draft} taskId={task?.id} perDay={perDay} />
        </div>
        {ACTION_FIELDS[kind].more.length === 0 ? null : (
          <Folded title="More of it" specs={ACTION_FIELDS[kind].more} editing={editing} />
        )}
      </Card>
      <TestNow
        draft={draft}
        saved={task === undefined ? undefined : { id: task.id, draft: base.draft }}
        onRefused={tell}
      />
      <Card title="Policies" isFlush>
        {POLICY_GROUPS.map(({ title, fields }) => (
          <Folded key={title} title={title} specs={fields} editing={editing} />
        ))}
      </Card>
      {told === undefined || told.path !== undefined ? null : (
        <div role="alert" className="rounded-lg border border-bad bg-bad-wash px-4 py-3 text-sm">
          <p className="font-medium">{told.message}</p>
          {told.hint === undefined ? null : <p className="mt-1">{told.hint}</p>}
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="main" isBusy={isSaving} disabled={theirs !== undefined}>
          {task === undefined ? 'Make the task' : 'Save the changes'}
        </Button>
        <Link href={back} className={buttonClass()}>
          Cancel
        </Link>
        {isDirty && task !== undefined ? (
          <span className="text-sm text-soft">not saved yet</span>
        ) : null}
      </div>
    </form>
  );
}

async function store(
  task: TaskView | undefined,
  base: {
    readonly draft: Draft;
    readonly revision: number | undefined;
    readonly version: number | undefined;
  },
  draft: Draft,
): Promise<TaskView> {
  if (task === undefined) {
    const made = await send<{ readonly task: TaskView }>('POST', '/tasks', toBody(draft));
    say(`"${made.task.name}" is made.`, () => send('DELETE', `/tasks/${made.task.id}`));
    return made.task;
  }
  const edit = toEdit(base.draft, draft);
  if (Object.keys(edit).length === 0) return task;
  const path = `/tasks/${task.id}`;
  const changed = await send<{ readonly task: TaskView }>('PATCH', path, {
    ...edit,
    revision: base.revision,
  });
  say(`"${changed.task.name}" is changed.`, () =>
    send('POST', `${path}/versions/${base.version}/restore`),
  );
  return changed.task;
}

/**
 * Keeps what is typed: a screen that is left by accident has it again, and before the page itself is
 * left the browser asks.
 *
 * @returns what to call when nothing of it is wanted any more.
 */
function useKept(address: string, draft: Draft, isDirty: boolean): () => void {
  const isOver = useRef(false);
  const last = useRef({ draft, isDirty });
  last.current = { draft, isDirty };
  useEffect(() => {
    if (!isOver.current) keepDraft(address, isDirty ? draft : undefined);
  }, [address, draft, isDirty]);
  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isDirty]);
  useEffect(
    () => () => {
      if (last.current.isDirty && !isOver.current) {
        say('What you typed is kept until you come back or close the page.');
      }
    },
    [],
  );
  return () => {
    isOver.current = true;
    keepDraft(address, undefined);
  };
}

/** Carries out what is written, once, and shows what becomes of it. */
function TestNow({
  draft,
  saved,
  onRefused,
}: {
  readonly draft: Draft;
  readonly saved: { readonly id: string; readonly draft: Draft } | undefined;
  readonly onRefused: (error: unknown) => void;
}) {
  const [run, setRun] = useState<string>();
  const [isStarting, setStarting] = useState(false);
  const start = async (): Promise<void> => {
    setStarting(true);
    try {
      setRun((await startTest(draft, saved)).id);
    } catch (error) {
      onRefused(error);
    } finally {
      setStarting(false);
    }
  };
  return (
    <Card
      title="Try it"
      aside={
        <Button isSmall isBusy={isStarting} onClick={() => void start()}>
          Test now
        </Button>
      }
    >
      {run === undefined ? (
        <p className="text-sm text-soft">
          Test now does it once, for real, before anything is saved, and shows here what it prints.
        </p>
      ) : (
        <LiveRun id={run} />
      )}
    </Card>
  );
}

function startTest(
  draft: Draft,
  saved: { readonly id: string; readonly draft: Draft } | undefined,
): Promise<RunView> {
  const action = toActionBody(draft);
  // Values that are kept but not shown are known to the saved task alone.
  if (saved !== undefined && JSON.stringify(action) === JSON.stringify(toActionBody(saved.draft))) {
    return send<RunView>('POST', `/tasks/${saved.id}/runs`, { overlap: 'allow' });
  }
  const usd = Number(textOf(draft, 'budget.usd_per_run') || Number.NaN);
  const timeout = textOf(draft, 'timeout').trim();
  const name = textOf(draft, 'name').trim();
  return runAction({
    action,
    ...(name === '' ? {} : { name: `Test of ${name}`.slice(0, 120) }),
    ...(timeout === '' ? {} : { timeout }),
    ...(Number.isFinite(usd) ? { budget: { usd } } : {}),
  });
}

/** What fields offer while one types. */
export function Suggestions() {
  const tasks = useTasks({ limit: 50 });
  const secrets = useQuery({
    queryKey: ['secrets'],
    queryFn: ({ signal }) =>
      get<{ readonly secrets: readonly { readonly name: string }[] }>(
        '/secrets',
        undefined,
        signal,
      ),
    retry: false,
  });
  return (
    <>
      <datalist id="task-names">
        {tasks.data?.tasks.map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
      <datalist id="secret-names">
        {secrets.data?.secrets?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
