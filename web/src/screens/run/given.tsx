import { Link } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { pretty, useVersion, type VersionOfTask } from '../../api/run.ts';
import { Card } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { Stamp } from '../../parts/moment.tsx';

/** What the run was given: the text that went out, what its caller changed, and what its task said. */
export function Given({
  run,
  isTaskGone,
}: {
  readonly run: RunPageView;
  readonly isTaskGone: boolean;
}) {
  const version = useVersion(run.task_id, run.task_version).data;
  const asked = run.steps.flatMap((steps) =>
    steps.asked === null ? [] : [[steps.attempt, steps.asked] as const],
  );
  const { prompt, cwd, payload } = run.given;
  const isChanged = prompt !== null || cwd !== null || payload !== null;
  return (
    <>
      {asked.map(([attempt, text]) => (
        <Card
          key={attempt}
          title={run.attempts.length > 1 ? `What went out in attempt ${attempt}` : 'What went out'}
        >
          <Snippet label="With its templates filled in" text={text} />
        </Card>
      ))}
      {isChanged ? (
        <Card title="For this run alone">
          <div className="flex flex-col gap-2">
            {prompt === null ? null : <Snippet label="Prompt" text={prompt} />}
            {cwd === null ? null : <Snippet label="Working directory" text={cwd} />}
            {payload === null || payload === undefined ? null : (
              <Snippet label="Payload" text={pretty(payload)} />
            )}
          </div>
        </Card>
      ) : null}
      <Card
        title={`What the task said in version ${run.task_version}`}
        aside={
          isTaskGone ? null : (
            <Link href={`/tasks/${run.task_id}/versions`} className="hover:underline">
              Its versions
            </Link>
          )
        }
      >
        {version === undefined ? (
          <p className="text-sm text-soft">
            {isTaskGone
              ? 'The task is not there any more, and what it said went with it.'
              : 'Asking what the task said…'}
          </p>
        ) : (
          <Said version={version} />
        )}
      </Card>
      {run.questions.length === 0 ? null : <Questions run={run} />}
    </>
  );
}

/** The command or the prompt first; the environment without the values that look like secrets. */
function Said({ version }: { readonly version: VersionOfTask }) {
  const { env, ...action } = version.action;
  const hasEnv = typeof env === 'object' && env !== null && Object.keys(env).length > 0;
  return (
    <div className="flex flex-col gap-2">
      <Snippet label="Action" text={pretty(withoutNothing(action))} />
      {hasEnv ? (
        <Snippet label="Environment, its secrets by their names" text={pretty(env)} />
      ) : null}
    </div>
  );
}

/** Fields that say nothing would hide those that do. */
function withoutNothing(action: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(action).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function Questions({ run }: { readonly run: RunPageView }) {
  return (
    <Card title="What it asked, and what was answered">
      <ol className="flex flex-col gap-3 text-sm">
        {run.questions.map((question, index) => (
          <li key={index}>
            <p className="whitespace-pre-wrap">{question.text}</p>
            <p className="text-soft">
              {question.replied_at === null ? (
                'Not answered yet.'
              ) : (
                <>
                  “{question.reply}”, by {question.replied_by}, <Stamp at={question.replied_at} />
                </>
              )}
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
