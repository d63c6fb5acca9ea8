import { useState } from 'react';
import { useLocation } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import type { RunView } from '../../../../src/api/run-view.ts';
import { useAct, useStopRun } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { pretty, useVersion } from '../../api/run.ts';
import { ActionMenu, type MenuChoice } from '../../parts/action-menu.tsx';
import { Button } from '../../parts/button.tsx';
import { copyText } from '../../parts/copy-text.tsx';
import { saveText } from '../../parts/save-text.ts';
import { say, sayFailure } from '../../parts/toasts.tsx';
import { ChangedRun } from './changed-run.tsx';

type Asked = 'changes' | 'continue' | undefined;

/** What can be done with a run. */
export function RunActions({
  run,
  isTaskGone,
}: {
  readonly run: RunPageView;
  readonly isTaskGone: boolean;
}) {
  const [, go] = useLocation();
  const [asked, setAsked] = useState<Asked>();
  const stop = useStopRun();
  const again = useAct(
    () => send<RunView>('POST', `/runs/${run.id}/rerun`),
    (started) => go(`/runs/${started.id}`),
  );
  const kind = useVersion(run.task_id, run.task_version).data?.action.kind;
  const copy = (text: string, said: string): void => {
    copyText(text).then(() => say(said), sayFailure);
  };
  const choices: readonly MenuChoice[] = [
    ...(isTaskGone
      ? []
      : [
          {
            kind: 'action',
            text: 'Run again with changes',
            act: () => setAsked('changes'),
          } as const,
          ...(run.session === null || kind !== 'agent'
            ? []
            : [
                {
                  kind: 'action',
                  text: 'Continue this conversation',
                  act: () => setAsked('continue'),
                } as const,
              ]),
        ]),
    ...(run.is_final
      ? [
          {
            kind: 'action',
            text: 'Compare with the result before',
            act: () => go(`/runs/${run.id}/compare`),
          } as const,
        ]
      : []),
    { kind: 'line' },
    {
      kind: 'action',
      text: 'Copy the link',
      act: () => copy(`${window.location.origin}/runs/${run.id}`, 'The link is copied.'),
    },
    {
      kind: 'action',
      text: 'Copy as a command',
      act: () => copy(`carillon runs show ${run.id}`, 'The command is copied.'),
    },
    {
      kind: 'action',
      text: 'Download as JSON',
      act: () => saveText(pretty(run), `${run.id}.json`, 'application/json'),
    },
  ];
  return (
    <>
      {run.is_final ? null : (
        <Button look="danger" isBusy={stop.isPending} onClick={() => stop.mutate(run)}>
          Stop
        </Button>
      )}
      {isTaskGone || !run.is_final ? null : (
        <Button isBusy={again.isPending} onClick={() => again.mutate(undefined)}>
          Run again
        </Button>
      )}
      <ActionMenu label="What to do with this run" choices={choices} />
      {asked === undefined ? null : (
        <ChangedRun
          run={run}
          kind={kind ?? ''}
          isContinued={asked === 'continue'}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
