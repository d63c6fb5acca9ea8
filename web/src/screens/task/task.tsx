import { Link, useLocation, useParams } from 'wouter';
import type { RunBriefView } from '../../../../src/api/run-view.ts';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { usePause, useResume, useRunNow } from '../../api/actions.ts';
import { type TaskDetail, useTask } from '../../api/task.ts';
import { useRuns } from '../../api/runs.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RunList } from '../../parts/run-list.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { TabLinks } from '../../parts/tab-links.tsx';
import { toMs } from '../../time/instant.ts';
import { Definition } from './definition.tsx';
import { ScheduleOf } from './schedule-of.tsx';
import { Statistics } from './statistics.tsx';
import { Versions } from './versions.tsx';
import { TaskMenu } from '../tasks/task-menu.tsx';
import { KindIcon } from '../../parts/kind-icon.tsx';

const RUNS_SHOWN = 20;

/** One task: its runs, its schedule, and what it is made of. */
export function Task() {
  const { id } = useParams<{ id: string }>();
  const task = useTask(id);
  return (
    <QueryView query={task} what="the task">
      {(detail) => <TaskPage detail={detail} />}
    </QueryView>
  );
}

const PARTS = ['runs', 'schedule', 'definition', 'versions', 'statistics'] as const;
type Part = (typeof PARTS)[number];
const PART_NAMES: Readonly<Record<Part, string>> = {
  runs: 'Runs',
  schedule: 'Schedule',
  definition: 'Definition',
  versions: 'Versions',
  statistics: 'Statistics',
};

function TaskPage({ detail }: { readonly detail: TaskDetail }) {
  const { task } = detail;
  const [path] = useLocation();
  const base = `/tasks/${task.id}`;
  const part = (path.slice(base.length + 1) || 'runs') as Part;
  return (
    <Page title={task.name} lead={<Lead task={task} />} actions={<Actions task={task} />}>
      {detail.warnings.map((warning) => (
        <p key={warning} className="rounded-lg bg-warn-wash px-4 py-2.5 text-sm text-warn">
          {warning}
        </p>
      ))}
      <TabLinks
        label="Parts of the task"
        tabs={PARTS.map((name) => ({
          href: name === 'runs' ? base : `${base}/${name}`,
          text: PART_NAMES[name],
        }))}
      />
      {part === 'runs' ? <Runs task={task} /> : null}
      {part === 'schedule' ? <ScheduleOf detail={detail} /> : null}
      {part === 'definition' ? <Definition task={task} /> : null}
      {part === 'versions' ? <Versions task={task} /> : null}
      {part === 'statistics' ? <Statistics task={task} /> : null}
      <HowTo {...howToOf(part, task.id)} />
    </Page>
  );
}

function howToOf(part: Part, id: string) {
  const input = { task: id };
  switch (part) {
    case 'runs':
      return { cli: `carillon runs list --task ${id}`, tool: 'list_runs', input };
    case 'schedule':
      return { cli: `carillon explain ${id}`, tool: 'explain', input };
    case 'definition':
    case 'versions':
      return { cli: `carillon tasks show ${id}`, tool: 'get_task', input };
    case 'statistics':
      return { cli: `carillon usage --task ${id}`, tool: 'usage', input };
  }
}

function Lead({ task }: { readonly task: TaskView }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <StateMark state={task.state} />
      {task.state_reason === null ? null : <span>{task.state_reason}</span>}
      <KindIcon kind={task.action.kind} />
      <span>{task.schedule === null ? sayWithout(task) : task.schedule.meaning}</span>
      {task.schedule === null ? null : <span>{task.timezone}</span>}
      {task.next_at === null || task.state !== 'active' ? null : (
        <span className="font-medium text-ink">
          next <Moment at={task.next_at} />
        </span>
      )}
      {task.description === null ? null : <span className="basis-full">{task.description}</span>}
    </span>
  );
}

function sayWithout(task: TaskView): string {
  return task.after === null ? 'runs only when asked' : 'runs after another task';
}

function Actions({ task }: { readonly task: TaskView }) {
  const runNow = useRunNow();
  const pause = usePause();
  const resume = useResume();
  return (
    <>
      <Button look="main" isBusy={runNow.isPending} onClick={() => runNow.mutate(task)}>
        Run now
      </Button>
      {task.state === 'paused' ? (
        <Button isBusy={resume.isPending} onClick={() => resume.mutate(task)}>
          Resume
        </Button>
      ) : (
        <Button
          isBusy={pause.isPending}
          disabled={task.state === 'ended'}
          onClick={() => pause.mutate({ task })}
        >
          Pause
        </Button>
      )}
      <Link href={`/tasks/${task.id}/edit`} className={buttonClass()}>
        Edit
      </Link>
      <TaskMenu task={task} />
    </>
  );
}

function Runs({ task }: { readonly task: TaskView }) {
  const runs = useRuns({ task: task.id, limit: RUNS_SHOWN });
  return (
    <Card isFlush>
      <QueryView query={runs} what="its runs">
        {(page) =>
          page.runs.length === 0 ? (
            <Empty>It has not run yet.</Empty>
          ) : (
            <>
              <div className="px-4 py-3">
                <Sparkline runs={page.runs.toReversed().map(asBar)} />
              </div>
              <RunList runs={page.runs} isOfOneTask />
              {page.next_cursor === null ? null : (
                <p className="border-t border-line px-4 py-2.5 text-sm">
                  <Link href={`/runs?task=${task.id}`} className="text-bronze hover:underline">
                    All its runs
                  </Link>
                </p>
              )}
            </>
          )
        }
      </QueryView>
    </Card>
  );
}

function asBar(run: RunBriefView) {
  return {
    id: run.id,
    state: run.state,
    durationMs:
      run.started_at === null || run.ended_at === null
        ? undefined
        : toMs(run.ended_at) - toMs(run.started_at),
  };
}
