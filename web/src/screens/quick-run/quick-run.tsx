import { Zap } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useAct } from '../../api/actions.ts';
import { Refused } from '../../api/request.ts';
import { type ActionRequest, runAction } from '../../api/run-action.ts';
import { useRuns } from '../../api/runs.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { LiveRun } from '../../parts/live-run.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RunList } from '../../parts/run-list.tsx';
import { tellFailure } from '../../parts/toasts.tsx';
import { ACTION_FIELDS } from '../editor/action-fields.ts';
import { type Draft, type Entered, type Kind, kindOf, textOf } from '../editor/draft.ts';
import { Suggestions } from '../editor/editor-form.tsx';
import { EngineField } from '../editor/engine-field.tsx';
import { FieldProblem } from '../editor/field-spec.ts';
import { type Editing, Fields } from '../editor/field-view.tsx';
import { KindSwitch } from '../editor/kind-switch.tsx';
import { draftOfSearch, keepDraft, keptDraft, searchOfDraft } from '../editor/start-draft.ts';
import { fieldNamedIn, fieldsOf, toActionBody } from '../editor/task-body.ts';

const KINDS: readonly Kind[] = ['agent', 'model', 'command', 'http'];
const ADDRESS = 'quick-run';
const RECENT_MAX = 8;
/** It cannot be added up over days where nothing comes again. */
const NOT_HERE = new Set(['budget.usd_per_day']);

/** Something done once, now, and watched. An address may fill the fields in; it never starts anything. */
export function QuickRun() {
  const [search] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => startOf(search));
  const [run, setRun] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => keepDraft(ADDRESS, draft), [draft]);
  const start = useAct(
    async () => runAction(requestOf(draft)),
    (started) => setRun(started.id),
  );
  const told = start.error === null ? undefined : problemOf(start.error, draft);
  const editing: Editing = {
    draft,
    problem: told?.path === undefined ? undefined : { path: told.path, message: told.message },
    change: (path: string, entered: Entered) =>
      setDraft((before) => ({ ...before, [path]: entered })),
  };
  const kind = kindOf(draft);
  const fields = ACTION_FIELDS[kind].main.filter(({ path }) => !NOT_HERE.has(path));
  return (
    <Page title="Quick run" lead="Once, now, without making a task of it.">
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <Card>
            <form
              ref={form}
              noValidate
              className="flex flex-col gap-4"
              onSubmit={(event) => {
                event.preventDefault();
                start.mutate(undefined);
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                if (!start.isPending) start.mutate(undefined);
              }}
            >
              <Suggestions />
              <KindSwitch
                kind={kind}
                kinds={KINDS}
                onKind={(next) => editing.change('action.kind', next)}
              />
              {kind === 'agent' ? <EngineField editing={editing} takesFirst /> : null}
              <Fields specs={fields} editing={editing} />
              {told === undefined || told.path !== undefined ? null : (
                <p role="alert" className="rounded-md bg-bad-wash px-3 py-2 text-sm">
                  <span className="font-medium">{told.message}</span> {told.hint}
                </p>
              )}
              <div className="flex flex-wrap items-center gap-2">
                <Button type="submit" look="main" isBusy={start.isPending}>
                  <Zap aria-hidden size={16} />
                  Run
                </Button>
                <Link
                  href={`/tasks/new?${searchOfDraft(draft)}`}
                  // What an address cannot hold goes along beside it.
                  onClick={() => keepDraft(`new?${searchOfDraft(draft)}`, draft)}
                  className={buttonClass()}
                >
                  Save as task
                </Link>
                <kbd className="font-sans text-xs text-soft">Ctrl or ⌘ Enter</kbd>
              </div>
            </form>
          </Card>
          {run === undefined ? null : (
            <Card title="What becomes of it">
              <LiveRun key={run} id={run} />
            </Card>
          )}
        </div>
        <Recent />
      </div>
      <Elsewhere draft={draft} />
    </Page>
  );
}

function startOf(search: URLSearchParams): Draft {
  if (search.size === 0) return keptDraft(ADDRESS) ?? draftOfSearch(search);
  const kind = search.has('prompt') && !search.has('kind') ? { 'action.kind': 'agent' } : {};
  return { ...draftOfSearch(search), ...kind };
}

function requestOf(draft: Draft): ActionRequest {
  const usd = textOf(draft, 'budget.usd_per_run').trim();
  const spends = ['agent', 'model'].includes(kindOf(draft));
  if (usd !== '' && !Number.isFinite(Number(usd))) {
    throw new FieldProblem('budget.usd_per_run', 'The budget must be a number.');
  }
  return {
    action: toActionBody(draft),
    ...(spends && usd !== '' ? { budget: { usd: Number(usd) } } : {}),
  };
}

function problemOf(error: unknown, draft: Draft) {
  if (error instanceof FieldProblem) return { path: error.path, message: error.message };
  const { title, hint } = tellFailure(error);
  const path = error instanceof Refused ? fieldNamedIn(title, fieldsOf(draft)) : undefined;
  return { path, message: title, hint };
}

function Recent() {
  const runs = useRuns({ tag: 'quick-run', limit: RECENT_MAX });
  return (
    <Card title="Lately" isFlush>
      <QueryView query={runs} what="what was run lately">
        {(page) =>
          page.runs.length === 0 ? (
            <Empty>Nothing was run from here yet.</Empty>
          ) : (
            <RunList runs={page.runs} />
          )
        }
      </QueryView>
    </Card>
  );
}

/** The same from a terminal. */
function Elsewhere({ draft }: { readonly draft: Draft }) {
  let body: string;
  try {
    body = JSON.stringify(requestOf(draft));
  } catch {
    return null;
  }
  return (
    <details className="text-sm text-soft">
      <summary className="w-fit rounded px-1 hover:text-ink">The same from a terminal</summary>
      <div className="mt-2 text-ink">
        <Snippet
          label="Request"
          text={`curl ${window.location.origin}/api/v1/runs -H "Authorization: Bearer $(carillon token)" -H 'Content-Type: application/json' -d '${body.replaceAll("'", String.raw`'\''`)}'`}
        />
      </div>
    </details>
  );
}
